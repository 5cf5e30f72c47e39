// `npm run check`: every static check, side by side; prints one line each, and the output of those that fail.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './sources.mjs';

const require = createRequire(import.meta.url);

/** Longest first, so that the last one to start is a short one. */
const checks = [
  { name: 'lint', script: 'bin/lint.mjs', args: [] },
  {
    name: 'types of the client',
    package: 'svelte-check',
    args: ['--tsconfig', 'web/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  },
  {
    name: 'types of the tests',
    package: 'typescript',
    bin: 'tsc',
    args: ['-p', 'tests/tsconfig.json', ...incremental('tests')],
  },
  {
    name: 'types',
    package: 'typescript',
    bin: 'tsc',
    args: ['-p', 'tsconfig.build.json', '--noEmit', ...incremental('server')],
  },
  { name: 'unused code', package: 'knip', args: ['--cache'] },
  {
    name: 'dependency rules',
    package: 'dependency-cruiser',
    bin: 'depcruise',
    args: [
      ...['mcu', 'mixer', 'web', 'bin', 'tests', '--output-type', 'err-long'],
      ...['--cache', '--cache-strategy', 'content'],
    ],
  },
  { name: 'format', package: 'prettier', args: ['--check', '--cache', '--log-level', 'warn', '.'] },
];

const started = performance.now();
const failures = [];
const queue = [...checks];
await Promise.all(Array.from({ length: availableParallelism() }, work));

for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trim()}`);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failures.length > 0
    ? `\n${failures.length} of ${checks.length} checks failed, ${seconds} s`
    : `all well, ${seconds} s`,
);
process.exitCode = failures.length > 0 ? 1 : 0;

async function work() {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const began = performance.now();
    const { code, output } = await run([entryPoint(check), ...check.args]);
    const took = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `${code === 0 ? 'ok    ' : 'FAILED'} ${check.name.padEnd(20)} ${took.padStart(5)} s`,
    );
    if (code !== 0) failures.push({ name: check.name, output });
  }
}

/** tsc then looks only at what has changed since the last time. @param {string} name */
function incremental(name) {
  return ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/types-${name}.tsbuildinfo`];
}

/** The script behind a package's command, so that no shell is needed. */
function entryPoint({ script, package: name, bin = name }) {
  if (script !== undefined) return join(root, script);
  const folder = packageFolder(name);
  const { bin: bins } = require(join(folder, 'package.json'));
  return join(folder, typeof bins === 'string' ? bins : bins[bin]);
}

/** @param {string} name */
function packageFolder(name) {
  const places = require.resolve.paths(name) ?? [];
  for (const place of places) {
    try {
      return dirname(require.resolve(join(place, name, 'package.json')));
    } catch {
      // Not here; the next folder up.
    }
  }
  throw new Error(`${name} is not installed: run \`npm ci\`.`);
}

/** @param {string[]} args @returns {Promise<{ code: number, output: string }>} */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
