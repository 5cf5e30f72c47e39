// Run with --expose-gc, in a process of its own: opens downlinks, closes them, and prints how many are still held.
import { setTimeout as sleep } from 'node:timers/promises';

/** As it is shipped. @type {typeof import('../../../mcu/room/downlink.ts')} */
const { Downlink } = await import(
  new URL('../../../dist/mcu/room/downlink.js', import.meta.url).href
);

const context = /** @type {any} */ ({
  settings: {},
  iceServers: [],
  log: { lines: { debug() {}, info() {}, warn() {}, isLevelEnabled: () => false } },
  profileLevelId: '42e01f',
});

const controller = /** @type {any} */ ({ rung: 'high', reason: 'auto' });

/** @returns {Promise<WeakRef<object>>} one that was offered and closed */
const closedDownlink = () =>
  new Promise((resolve) => {
    const downlink = new Downlink('somebody', controller, false, context, {
      offer() {
        downlink.close();
        resolve(new WeakRef(downlink));
      },
      candidate() {},
      heard() {},
      connected() {},
      failed() {},
      hungUp() {},
      quality() {},
    });
  });

const closed = [];
for (let index = 0; index < 20; index += 1) closed.push(await closedDownlink());
const held = () => closed.filter((downlink) => downlink.deref() !== undefined).length;
// What native code still has to tell comes by the event loop. The last one may still be on the stack.
for (let round = 0; round < 100 && held() > 1; round += 1) {
  await sleep(100);
  globalThis.gc?.();
}
console.log(held());
process.exit(0);
