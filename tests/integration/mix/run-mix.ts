import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { mix } from '../../../mixer/cli/mix.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';

const bin = fileURLToPath(new URL('../../../bin/', import.meta.url));
const launcher = join(bin, 'onegrid.mjs');

// What is stale is built now: a launch that has to do it says so.
execFileSync(process.execPath, [join(bin, 'build.mjs')], { stdio: 'ignore' });

/** What a command has left to be seen. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** Starts `onegrid mix` as a person would. */
export function startMix(...args: string[]): Running {
  const child = spawn(process.execPath, [launcher, 'mix', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, outcome };
}

/** Runs `onegrid mix` to its end. */
export function runMix(...args: string[]): Promise<Outcome> {
  return startMix(...args).outcome;
}

/** Runs the command within this process, which takes less time. */
export async function mixWithin(...args: string[]): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await mix(args, {
    ...{ stdout, stderr, debug: false },
    signal: new AbortController().signal,
    now: () => performance.now(),
  });
  const textOf = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
}

/** A folder for the files of one test file, to be disposed of. */
export function scratchFolder(name: string): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), `${name}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
