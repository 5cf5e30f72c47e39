import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testRunFolder, testRunVariable } from '../harness/test-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let checkout: string;

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the launcher of the small checkout to its end. */
const launch = (...args: string[]): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(checkout, 'bin/onegrid.mjs'), ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

const write = (path: string, content: string) => writeFileSync(join(checkout, path), content);

const program = (word: string) =>
  `export async function main(argv: string[]): Promise<void> {
     await Promise.resolve(console.log('${word}', ...argv));
   }\n`;

beforeAll(() => {
  checkout = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'launcher-'));
  for (const path of ['bin', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'), 'junction');
  for (const folder of ['mcu', 'mixer', 'web']) mkdirSync(join(checkout, folder));
  write('mcu/main.ts', program('first'));
  write('web/index.html', '<!doctype html><title>a page</title>');
  write('vite.config.ts', `export default { root: 'web' };\n`);
});

afterAll(() => rmSync(checkout, { recursive: true, force: true }));

it('three that start at once in a fresh checkout share one build and all run', async () => {
  const results = await Promise.all([launch('a'), launch('b'), launch('c')]);
  expect(results.map(({ stdout }) => stdout)).toEqual(['first a\n', 'first b\n', 'first c\n']);
  const said = results.map(({ stderr }) => stderr).join('');
  expect(said).toMatch(/^onegrid: built the server and the client in [\d.]+ s\.\n$/);
});

it('what is up to date is not built, even when a checkout touched every file', async () => {
  utimesSync(join(checkout, 'mcu/main.ts'), new Date(), new Date());
  expect(await launch('serve', '--json')).toEqual({
    code: 0,
    stdout: 'first serve --json\n',
    stderr: '',
  });
});

it('a change of the server builds the server alone', async () => {
  write('mcu/main.ts', program('second'));
  const { stdout, stderr } = await launch();
  expect(stdout).toBe('second\n');
  expect(stderr).toMatch(/^onegrid: built the server in/);
});

it('a mistake is named, ends with 1, leaves nothing half-built, and is over once mended', async () => {
  write('mcu/main.ts', `export const main: number = 'no';\n`);
  const broken = await launch();
  expect(broken).toMatchObject({ code: 1, stdout: '' });
  expect(broken.stderr).toContain('mcu/main.ts(1,14): error TS2322');
  expect(readdirSync(checkout).filter((name) => name.startsWith('.dist-'))).toEqual([]);

  write('mcu/main.ts', program('second'));
  expect(await launch()).toEqual({ code: 0, stdout: 'second\n', stderr: '' });
});

it('without a build and without the compilers it says what to do', async () => {
  rmSync(join(checkout, 'dist'), { recursive: true });
  rmSync(join(checkout, 'node_modules'));
  const { code, stderr } = await launch('serve');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^onegrid: There is no build in dist\/.*run `npm ci`.*\n$/);
});
