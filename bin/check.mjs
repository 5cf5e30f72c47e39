// `npm run check`: every static check, side by side; prints one line each, and the output of those that fail. What has passed
// is not looked at again before something it depends on has changed.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fingerprint, root } from './sources.mjs';

const require = createRequire(import.meta.url);
const passedFile = join(root, 'node_modules/.cache/onegrid-check.json');
/** At the root, and nothing anybody has written. */
const notOurs = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage']);

/** What changes the findings of every check. */
const everywhere = ['package.json', 'package-lock.json', 'tsconfig.json', 'bin/check.mjs'];
/** The client takes only types from mcu/protocol/, see `.dependency-cruiser.cjs`. */
const client = ['web', 'mcu/protocol'];
const code = ['bin', 'mcu', 'mixer', 'web', 'tests', 'vite.config.ts', 'vitest.config.ts'];

/** Longest first, so that the last one to start is a short one. `inputs`: files and folders that decide what it finds. */
const checks = [
  {
    name: 'format',
    package: 'prettier',
    args: ['--check', '--cache', '--log-level', 'warn', '.'],
    inputs: readdirSync(root).filter((name) => !notOurs.has(name) && !name.startsWith('.dist-')),
  },
  {
    name: 'components',
    package: 'eslint',
    args: ['web'],
    inputs: [...client, 'eslint.config.js'],
  },
  // With types: it says what the compiler would, in less time than the compiler.
  { name: 'code', package: 'oxlint', args: [], inputs: [...code, '.oxlintrc.json'] },
  {
    name: 'types of components',
    package: 'svelte-check',
    args: ['--tsconfig', 'web/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
    inputs: client,
  },
  {
    name: 'dependency rules',
    package: 'dependency-cruiser',
    bin: 'depcruise',
    args: [
      ...['mcu', 'mixer', 'web', 'bin', 'tests', '--output-type', 'err-long'],
      ...['--cache', '--cache-strategy', 'content'],
    ],
    inputs: [...code, '.dependency-cruiser.cjs'],
  },
  { name: 'unused code', package: 'knip', args: ['--cache'], inputs: [...code, 'knip.json'] },
];

const started = performance.now();
const failures = [];
const queue = [...checks];
const passed = readPassed();
await Promise.all(Array.from({ length: availableParallelism() }, work));
mkdirSync(dirname(passedFile), { recursive: true });
writeFileSync(passedFile, JSON.stringify(passed));

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
    const print = `${process.version} ${fingerprint({ inputs: [...everywhere, ...check.inputs] })}`;
    if (passed[check.name] === print) {
      console.log(`ok     ${check.name.padEnd(20)} unchanged`);
      continue;
    }
    const began = performance.now();
    const { code, output } = await run([entryPoint(check), ...check.args]);
    const took = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `${code === 0 ? 'ok    ' : 'FAILED'} ${check.name.padEnd(20)} ${took.padStart(5)} s`,
    );
    if (code === 0) passed[check.name] = print;
    else failures.push({ name: check.name, output });
  }
}

/** @returns {Record<string, string>} what was there when each check last passed */
function readPassed() {
  try {
    return JSON.parse(readFileSync(passedFile, 'utf8'));
  } catch {
    return {};
  }
}

/** The script behind a package's command, so that no shell is needed. */
function entryPoint({ package: name, bin = name }) {
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
