import { fork } from 'node:child_process';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const entry = fileURLToPath(new URL('child.mjs', import.meta.url));
const answerSchema = z.object({ output: z.unknown() });

/** Gives a module of the built product, by its path within `dist/`. */
export type Load = <Module>(path: string) => Promise<Module>;

/**
 * Runs `work(input, load)` of a module in a process of its own: it has the machine's caches and its own heap, and what it
 * measures of itself is nobody else's.
 * @param module - a TypeScript file that exports `work`
 * @param input - goes through JSON
 * @param schema - of what `work` resolves with
 * @throws Error with what the process said, if it failed
 */
export async function inChild<Output>(
  module: URL,
  input: unknown,
  schema: z.ZodType<Output>,
): Promise<Output> {
  const child = fork(entry, { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let answer: unknown;
  child.once('message', (message) => (answer = message));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  child.send({ file: fileURLToPath(module), input });
  const [said, code] = await Promise.all([text(child.stderr!), ended]);
  if (answer === undefined) {
    const name = basename(module.pathname);
    throw new Error(`${name} ended with ${String(code)}: ${reasonIn(said)}`);
  }
  return schema.parse(answerSchema.parse(answer).output);
}

/** The error that ended a process; without the places in the sources, and what libraries said before. */
function reasonIn(said: string): string {
  return /^\w*Error: .*$/m.exec(said)?.[0] ?? said.trim().slice(-500);
}
