import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../harness/server.ts';
import { testRunFolder, testRunVariable } from '../harness/test-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a person's shell has: nothing of the npm and the test runner this test runs under. */
const environment = Object.fromEntries(
  Object.entries({ ...process.env, PORT: '0' }).filter(
    ([name]) => !/^(npm_|NODE_ENV$|VITEST|CI$)/i.test(name),
  ),
);

let folder: string;
beforeAll(() => {
  folder = join(testRunFolder(process.env[testRunVariable]!), 'clone');
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root })
    .toString()
    .split('\0');
  for (const file of files.filter((name) => name !== '')) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** In CI, `npm ci` has just been run in a fresh checkout: this one takes what came of it, where the system has such links. */
function takesWhatIsInstalled(): boolean {
  if (!process.env['CI']) return false;
  const { status } = spawnSync('cp', ['-al', join(root, 'node_modules'), folder]);
  const own = status === 0 ? 'node_modules/.cache' : 'node_modules';
  rmSync(join(folder, own), { recursive: true, force: true });
  return status === 0;
}

it('starts in a fresh checkout with the two words of the README', async () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const [line] = /^ {4}npm ci && npm start$/m.exec(readme) ?? [];
  expect(line, "the README's first command").toBeDefined();
  const [install, start] = line!
    .trim()
    .split(' && ')
    .map((command) => command.split(' '));

  if (!takesWhatIsInstalled()) {
    execFileSync(install![0]!, install!.slice(1), { cwd: folder, env: environment, stdio: 'pipe' });
  }
  // npm puts a shell in between: signals go to the whole group.
  const child = spawn(start![0]!, start!.slice(1), {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  try {
    const url = await addressOf(child);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const page = await (await fetch(`${url}/r/some-room`)).text();
    const script = /<script[^>]+src="([^"]+)"/.exec(page)?.[1];
    expect(script).toBeDefined();
    const answer = await fetch(new URL(script!, url));
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect((await answer.text()).length).toBeGreaterThan(10_000);
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
    await exited;
  }
}, 300_000);
