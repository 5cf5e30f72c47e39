import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** How often it looks at the clock, milliseconds; and from how late a look on it is told. */
const everyMs = 5;
const lateMs = 25;

/** What the machine kept somebody from who has nothing to do but to look at the clock. */
export interface Kept {
  readonly longestMs: number;
  /** Each of these, milliseconds. */
  readonly all: readonly number[];
}

/** Runs in a thread of its own. */
const look = `
  const { parentPort } = require('node:worker_threads');
  let late = [];
  let before = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - before > ${String(lateMs)}) late.push(now - before);
    before = now;
  }, ${String(everyMs)});
  parentPort.on('message', () => {
    parentPort.postMessage(late.splice(0));
  });
`;

/**
 * The control for everything that must come in time: gaps in what a thread does that the machine leaves alone. What comes late
 * by no more than these is not what a test is about.
 */
export class Hiccups {
  readonly #worker = new Worker(look, { eval: true });

  constructor() {
    this.#worker.unref();
  }

  /** Those since the last call, or the beginning. */
  async take(): Promise<Kept> {
    const answer = once(this.#worker, 'message');
    this.#worker.ref();
    this.#worker.postMessage('take');
    const [all] = (await answer) as [number[]];
    this.#worker.unref();
    return { all, longestMs: Math.max(0, ...all) };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
