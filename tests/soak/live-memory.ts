import { readFileSync, readlinkSync } from 'node:fs';
import { WebSocket } from 'ws';
import { holdingsOf } from '../bench/lab/process-cpu.ts';
import { sleep, until } from '../harness/until.ts';

/** Where Node listens for a debugger when it gets SIGUSR1; one process at a time. */
const debuggerUrl = 'http://127.0.0.1:9229/json/list';

/**
 * What a Node process holds in memory once its garbage is collected, MiB: V8 lets garbage lie for as long as there is room,
 * which looks like growth for an hour. Holds the process up for some 50 ms. Of another program: all it holds.
 */
export async function liveMemoryOf(pid: number): Promise<number> {
  const mebibytesNow = (): number => holdingsOf(pid).residentBytes / 2 ** 20;
  if (!readlinkSync(`/proc/${pid}/exe`).includes('node')) return mebibytesNow();
  process.kill(pid, 'SIGUSR1');
  let url: string | undefined;
  await until(async () => {
    const targets = await fetch(debuggerUrl).then(
      (answer) => answer.json() as Promise<{ webSocketDebuggerUrl: string }[]>,
      () => [],
    );
    url = targets[0]?.webSocketDebuggerUrl;
    return url !== undefined;
  });
  const socket = new WebSocket(url!);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const ask = (id: number, method: string, params = {}): Promise<void> =>
    new Promise((resolve) => {
      socket.on('message', (text: Buffer) => {
        if ((JSON.parse(text.toString()) as { id?: number }).id === id) resolve();
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  // Pages are given back a moment later.
  await sleep(2000);
  await ask(2, 'HeapProfiler.collectGarbage');
  const mebibytes = mebibytesNow();
  socket.send(
    JSON.stringify({
      id: 3,
      method: 'Runtime.evaluate',
      params: { expression: 'process._debugEnd()' },
    }),
  );
  await new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
  return mebibytes;
}

/** The program that a process runs, such as `room/main.js`. */
export function programOf(pid: number): string {
  try {
    const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    const script = command.find((part) => /\.m?js$/.test(part)) ?? command[0] ?? '';
    return script.split('/').slice(-2).join('/');
  } catch {
    return 'ended';
  }
}
