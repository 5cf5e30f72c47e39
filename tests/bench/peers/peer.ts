import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const entry = fileURLToPath(new URL('../lab/child.mjs', import.meta.url));
const listeningSchema = z.object({ url: z.url() });

/** The niceness that onegrid gives its room processes, where it may. */
const roomNiceness = -5;

/** Gives a process the priority that onegrid's room processes have: a busy machine is the same for all then. */
export function prioritize(pid: number): void {
  try {
    setPriority(pid, roomNiceness);
  } catch {
    // Not allowed; then onegrid could not either.
  }
}

/** Another server than ours, in a process of its own. */
export interface Peer {
  readonly pid: number;
  readonly url: string;
  /** Ends it at once, and waits. */
  stop(): Promise<void>;
}

/**
 * Starts a server.
 * @param module - exports a `work` that sends `{ url }` to its parent when it listens, and does not end
 * @throws Error with what the process said, if it ended
 */
export async function startPeer(module: URL): Promise<Peer> {
  const child = fork(entry, { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const pid = child.pid ?? -1;
  prioritize(pid);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const ended = once(child, 'exit');
  child.send({ file: fileURLToPath(module), input: null });
  const message = await Promise.race([
    once(child, 'message').then(([first]: unknown[]) => first),
    ended.then(([code]: unknown[]) => {
      throw new Error(`${module.pathname} ended with ${String(code)}: ${said.trim()}`);
    }),
  ]);
  return {
    pid,
    url: listeningSchema.parse(message).url,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
