import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import { leftNamespaces, leftSharedMemory } from './left-in-system.ts';
import { leftFiles, leftProcesses, openPorts } from './leftovers.ts';
import { newRunFolder, testRunFolderVariable, testRunVariable } from './test-run.ts';

/** What has been told to end may take so long to be gone; milliseconds. */
const patience = 60_000;

/**
 * Names the run before the first test, and after the last one fails it, by name, for every process, port, temporary file,
 * network namespace or shared memory that the tests left behind; then cleans up.
 */
export default function setup(): () => Promise<void> {
  const id = `${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  process.env[testRunVariable] = id;
  const folder = newRunFolder(id);
  mkdirSync(folder, { recursive: true });
  process.env[testRunFolderVariable] = folder;
  // Browsers, servers and tests alike put their temporary files here; the names are those of POSIX and Windows.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  const portsBefore = new Set(openPorts(process.pid));
  const before = new Set(lasting());
  if (process.platform !== 'linux') {
    console.log('Left-over processes and ports are looked for on Linux only.');
  }

  return async () => {
    const marker = `${testRunVariable}=${id}`;
    const deadline = performance.now() + patience;
    let processes = leftProcesses(process.pid, marker);
    while (processes.length > 0 && performance.now() < deadline) {
      await sleep(100);
      processes = leftProcesses(process.pid, marker);
    }
    const ports = openPorts(process.pid).filter((port) => !portsBefore.has(port));
    const files = leftFiles(folder).filter((file) => !isMeantToLast.test(file));
    const rest = lasting().filter((thing) => !before.has(thing));

    for (const { pid } of processes) kill(pid);
    rmSync(folder, { recursive: true, force: true });

    const problems = [
      ...processes.map(({ pid, command, ports: open }) => {
        const ports = open.length > 0 ? `, with ports ${open.join(', ')}` : '';
        return `process ${String(pid)}${ports}: ${command}`;
      }),
      ...ports.map((port) => `port ${String(port)}, still open in the test process`),
      ...files.map((file) => `file ${file}`),
      ...rest,
    ];
    if (problems.length === 0) return;
    console.error(`The tests left behind:\n  ${problems.join('\n  ')}`);
    // For an error thrown here vitest prints it and still exits with 0.
    process.exitCode = 1;
    throw new Error(`The tests left behind ${String(problems.length)} thing(s), listed above.`);
  };
}

/** What lasts by design: Node's cache, and the folder that PulseAudio's library, in Chromium, makes once and names in the home. */
const isMeantToLast = /[\\/](node-compile-cache|pulse-\w+)([\\/]|$)/;

/** What would outlive the run elsewhere than in its folder, in words. */
const lasting = (): string[] => [
  // Where a server puts its data that is not told where to.
  ...leftFiles(resolve('data')).map((file) => `file ${file}`),
  ...leftNamespaces().map((name) => `network namespace ${name}`),
  ...leftSharedMemory().map((name) => `shared memory ${name}`),
];

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}
