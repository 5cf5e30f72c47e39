import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { setNiceness } from '../../mcu/gateway/priority.ts';

it.skipIf(process.platform !== 'linux')('a niceness is of all threads of a process', async () => {
  // Node has a thread for each of its pool's, and for V8.
  const child = spawn(process.execPath, ['-e', 'console.log(0); setInterval(() => {}, 1000)']);
  try {
    await once(child.stdout, 'data');
    const threads = readdirSync(`/proc/${String(child.pid)}/task`).map(Number);
    expect(threads.length).toBeGreaterThan(4);
    setNiceness(child.pid!, 7);
    expect(threads.map((thread) => getPriority(thread))).toEqual(threads.map(() => 7));
    setNiceness(1 << 22, 7);
  } finally {
    child.kill();
  }
});
