import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import {
  dist,
  fingerprint,
  hasSources,
  parts,
  readStamp,
  root,
  staleParts,
  stampFile,
} from './sources.mjs';

/** A build that did not succeed; `message` is for the person at the terminal. */
export class BuildError extends Error {}

/**
 * Builds what is stale, server and client side by side, and swaps the result in only when it is whole.
 * Processes that start at once wait for the first one's build.
 *
 * @param {{ force?: boolean }} [options] `force` builds everything
 * @throws {BuildError}
 */
export async function build({ force = false } = {}) {
  if (!hasSources() || (!force && staleParts().length === 0)) return;
  if (!toolsInstalled()) {
    const missing = parts.filter((part) => !existsSync(join(dist, part.proof)));
    if (missing.length > 0 || force) {
      throw new BuildError(
        'There is no build in dist/ and the development dependencies that would make one are not installed: run `npm ci` (without --omit=dev).',
      );
    }
    say(
      'the sources changed, but the development dependencies are not installed: using the older build in dist/.',
    );
    return;
  }
  await withLock(join(dist, '.lock'), async () => {
    const wanted = force ? parts : staleParts();
    if (wanted.length > 0) await buildParts(wanted);
  });
}

/** Makes the next `build` see `name` as stale: somebody else is about to write its outputs. @param {string} name */
export function invalidate(name) {
  const { [name]: _, ...rest } = readStamp();
  writeStamp(rest);
}

/** @param {typeof parts} wanted */
async function buildParts(wanted) {
  const started = performance.now();
  // Beside dist/ and not within, so that relative paths in source maps are right after the move.
  for (const name of readdirSync(root)) {
    if (name.startsWith('.dist-')) rmSync(join(root, name), { recursive: true, force: true });
  }
  const staging = mkdtempSync(join(root, '.dist-'));
  const children = new Set();
  const abandon = () => {
    for (const child of children) child.kill();
    rmSync(staging, { recursive: true, force: true });
  };
  const onSignal = (signal) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.on('exit', abandon).on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const stamps = Object.fromEntries(wanted.map((part) => [part.name, fingerprint(part)]));
    const results = await Promise.allSettled(
      wanted.map((part) => run(part.name, compilerArguments(part, staging), children)),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    if (failures.length > 0)
      throw new BuildError(failures.map(({ reason }) => reason.message).join('\n'));

    const untouched = readStamp();
    for (const part of wanted) delete untouched[part.name];
    writeStamp(untouched);
    for (const part of wanted) {
      for (const output of part.outputs) replace(join(staging, output), join(dist, output));
    }
    writeStamp({ ...untouched, ...stamps });
  } finally {
    process.off('exit', abandon).off('SIGINT', onSignal).off('SIGTERM', onSignal);
    abandon();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`built the ${wanted.map((part) => part.name).join(' and the ')} in ${seconds} s.`);
}

/** @param {(typeof parts)[number]} part @param {string} staging */
function compilerArguments(part, staging) {
  const require = createRequire(import.meta.url);
  return part.name === 'server'
    ? [
        join(require.resolve('typescript/package.json'), '../bin/tsc'),
        '-p',
        'tsconfig.build.json',
        '--outDir',
        staging,
        '--pretty',
        'false',
      ]
    : [
        join(require.resolve('vite/package.json'), '../bin/vite.js'),
        'build',
        '--outDir',
        join(staging, 'web'),
        '--emptyOutDir',
        '--logLevel',
        'warn',
      ];
}

/** @param {string} name @param {string[]} args @param {Set<import('node:child_process').ChildProcess>} children */
function run(name, args, children) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      children.delete(child);
      if (code === 0) resolve();
      else reject(new BuildError(`The ${name} does not build:\n${output.trim()}`));
    });
  });
}

/** Moves `from` to `to`; what was there goes to the staging folder. @param {string} from @param {string} to */
function replace(from, to) {
  if (existsSync(to)) renameSync(to, `${from}.old`);
  if (existsSync(from)) renameSync(from, to);
}

/** @param {Record<string, string>} stamp */
function writeStamp(stamp) {
  mkdirSync(dist, { recursive: true });
  writeFileSync(`${stampFile}.new`, `${JSON.stringify(stamp, null, 2)}\n`);
  renameSync(`${stampFile}.new`, stampFile);
}

function toolsInstalled() {
  const require = createRequire(import.meta.url);
  try {
    for (const name of ['typescript', 'vite', 'svelte']) require.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** On stderr: stdout belongs to the command, which may be printing JSON. @param {string} line */
export function say(line) {
  process.stderr.write(`onegrid: ${line}\n`);
}
