import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftFiles, leftProcesses, listeningPorts } from './leftovers.ts';
import { testRunFolder, testRunVariable } from './test-run.ts';

/** What has been told to end may take so long to be gone; milliseconds. */
const patience = 5_000;

/**
 * Names the run before the first test, and after the last one fails it, by name, for every process, listening
 * port or temporary file that the tests left behind; then cleans up.
 */
export default function setup(): () => Promise<void> {
  const id = `${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  process.env[testRunVariable] = id;
  mkdirSync(testRunFolder(id), { recursive: true });
  const portsBefore = new Set(listeningPorts(process.pid));
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
    const ports = listeningPorts(process.pid).filter((port) => !portsBefore.has(port));
    const files = leftFiles(testRunFolder(id));

    for (const { pid } of processes) kill(pid);
    rmSync(testRunFolder(id), { recursive: true, force: true });

    const problems = [
      ...processes.map(({ pid, command, ports: open }) => {
        const listening = open.length > 0 ? `, listening on ${open.join(', ')}` : '';
        return `process ${String(pid)}${listening}: ${command}`;
      }),
      ...ports.map((port) => `port ${String(port)}, still open in the test process`),
      ...files.map((file) => `file ${file}`),
    ];
    if (problems.length === 0) return;
    console.error(`The tests left behind:\n  ${problems.join('\n  ')}`);
    // For an error thrown here vitest prints it and still exits with 0.
    process.exitCode = 1;
    throw new Error(`The tests left behind ${String(problems.length)} thing(s), listed above.`);
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}
