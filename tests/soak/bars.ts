import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { barsVariable } from '../harness/bars.ts';

const tests = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/**
 * The tests of browsers that have bars in milliseconds, held to them: back after the network changes, seen after joining, and so on.
 * @returns what is wrong
 */
export async function barsSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const withBars = ['browser', 'calls', 'e2e']
    .flatMap((folder) => readdirSync(join(tests, folder)).map((name) => `tests/${folder}/${name}`))
    .filter((path) => readFileSync(join(tests, '..', path), 'utf8').includes('withinBar('));
  if (withBars.length === 0) return ['No test has bars.'];
  const wrong: string[] = [];
  for (const path of withBars.slice(0, quick ? 1 : withBars.length)) {
    // One at a time, also those that share the machine otherwise.
    const run = spawn(process.execPath, [vitest, 'run', path], {
      cwd: join(tests, '..'),
      env: { ...process.env, [barsVariable]: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(run, 'exit')) as [number | null];
    if (code !== 0) wrong.push(`${path} fails.`);
  }
  return wrong;
}
