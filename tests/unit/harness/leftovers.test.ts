import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { leftFiles, leftProcesses, listeningPorts } from '../../harness/leftovers.ts';

const children: ChildProcess[] = [];

/** A process that listens on a free port; resolves with that port once it does. */
async function listener(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; port: number }> {
  const script = `const s = require('net').createServer().listen(0, () => console.log(s.address().port))`;
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
    expect(listeningPorts(child.pid!)).toEqual([port]);
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
