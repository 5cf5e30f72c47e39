import { expect, it } from 'vitest';
import { WorkQueue } from '../../../mixer/output/work-queue.ts';

/** A queue of numbers whose work ends when it is told to. */
function queue(limit: number) {
  const done: number[] = [];
  const discarded: number[] = [];
  let next: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  const work = new WorkQueue<number>(
    limit,
    async (item) => {
      await new Promise<void>((resolve, reject) => (next = { resolve, reject }));
      done.push(item);
    },
    (item) => discarded.push(item),
  );
  const settle = async (error?: unknown) => {
    if (error === undefined) next?.resolve();
    else next?.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { work, done, discarded, settle };
}

/** Whether a promise is settled. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([promise.then(() => true), pending]);
}

it('does one thing after the other, and has room until more wait than the limit', async () => {
  const { work, done, settle } = queue(2);
  for (const item of [1, 2, 3]) work.push(item);
  expect(await settled(work.room())).toBe(true);
  work.push(4);
  const room = work.room();
  expect(await settled(room)).toBe(false);
  await settle();
  expect(await settled(room)).toBe(true);
  const drained = work.drain();
  for (let count = 0; count < 3; count += 1) {
    expect(await settled(drained)).toBe(false);
    await settle();
  }
  await drained;
  expect(done).toEqual([1, 2, 3, 4]);
});

it('ends with the first failure, which everybody hears of', async () => {
  const { work, done, discarded, settle } = queue(0);
  for (const item of [1, 2, 3]) work.push(item);
  const room = expect(work.room()).rejects.toThrow('broken');
  const drained = expect(work.drain()).rejects.toThrow('broken');
  await settle(new Error('broken'));
  await Promise.all([room, drained]);
  work.push(4);
  await expect(work.room()).rejects.toThrow('broken');
  expect(done).toEqual([]);
  expect(discarded).toEqual([2, 3, 4]);
});

it('waits, when it is stopped, for what is being done', async () => {
  const { work, done, discarded, settle } = queue(0);
  for (const item of [1, 2]) work.push(item);
  const stopped = work.stop(new Error('stopped'));
  expect(await settled(stopped)).toBe(false);
  await settle();
  await stopped;
  expect(done).toEqual([1]);
  expect(discarded).toEqual([2]);
  await expect(work.room()).rejects.toThrow('stopped');
});
