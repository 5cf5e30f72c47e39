import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { leftNamespaces, leftSharedMemory } from '../../harness/left-in-system.ts';
import { leftFiles, leftProcesses, openPorts } from '../../harness/leftovers.ts';
import { testRunFolderVariable } from '../../harness/test-run.ts';

const children: ChildProcess[] = [];

const tcp = `const s = require('net').createServer().listen(0, () => console.log(s.address().port))`;
const udp = `const s = require('dgram').createSocket('udp4').bind(0, () => console.log(s.address().port))`;

/** A process that has a free port; resolves with that port once it does. */
async function listener(
  env: NodeJS.ProcessEnv,
  script = tcp,
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['-e', script], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
}

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
});

describe.runIf(process.platform === 'linux')('what tests leave behind', () => {
  it('is found among the descendants, with the ports it listens on', async () => {
    const { child, port } = await listener({});
    const left = leftProcesses(process.pid, 'NOBODY=has this');
    expect(left).toEqual([
      { pid: child.pid, command: expect.any(String) as string, ports: [port] },
    ]);
    expect(openPorts(child.pid!)).toEqual([port]);
  });

  it('is found with the UDP ports it has', async () => {
    const { child, port } = await listener({}, udp);
    expect(openPorts(child.pid!)).toEqual([port]);
    expect(leftProcesses(process.pid, 'NOBODY=has this').map(({ ports }) => ports)).toEqual([
      [port],
    ]);
  });

  it('may be shared memory that nobody has any more', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shared-'));
    writeFileSync(join(folder, 'orphan'), 'x');
    expect(leftSharedMemory(folder)).toEqual([`${folder}/orphan`]);
    rmSync(folder, { recursive: true });
    expect(leftSharedMemory(folder)).toEqual([]);
  });

  it('is no shared memory that somebody has mapped', () => {
    // Libraries are mapped as shared memory is.
    const mapped = /(\/\S+)\/libc\S*\.so\S*$/m.exec(readFileSync('/proc/self/maps', 'utf8'));
    expect(mapped).not.toBeNull();
    const [path, folder] = mapped!;
    expect(leftSharedMemory(folder)).not.toContain(path);
  });

  it('may be a network namespace whose maker is gone', ({ skip }) => {
    // Above Linux's largest process id.
    const name = `onegrid-${String(2 ** 22 + 1)}-0`;
    const own = `onegrid-${String(process.pid)}-62`;
    try {
      execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
    } catch {
      skip('no network namespaces can be made here');
    }
    try {
      execFileSync('ip', ['netns', 'add', own]);
      expect(leftNamespaces()).toContain(name);
      expect(leftNamespaces()).not.toContain(own);
    } finally {
      execFileSync('ip', ['netns', 'delete', name]);
      execFileSync('ip', ['netns', 'delete', own]);
    }
    expect(leftNamespaces()).not.toContain(name);
  });

  it('is found by its environment where it descends from somebody else', async () => {
    const { child } = await listener({ SOME_RUN: 'a1' });
    const stranger = 2 ** 22 + 1; // above Linux's largest process id
    expect(leftProcesses(stranger, 'SOME_RUN=a1').map(({ pid }) => pid)).toEqual([child.pid]);
    expect(leftProcesses(stranger, 'SOME_RUN=a')).toEqual([]);
  });

  it('is nothing once the process has ended', async () => {
    const { child } = await listener({ SOME_RUN: 'b2' });
    child.kill();
    await once(child, 'exit');
    expect(leftProcesses(process.pid, 'SOME_RUN=b2')).toEqual([]);
  });
});

it('left files are listed at any depth, and a missing folder has none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onegrid-leftovers-'));
  try {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', 'b'), '');
    expect(leftFiles(folder)).toEqual([join(folder, 'a'), join(folder, 'a', 'b')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(leftFiles(folder)).toEqual([]);
});

it('temporary files of tests, and of all they start, are in the folder of the run', () => {
  expect(tmpdir()).toBe(process.env[testRunFolderVariable]);
});
