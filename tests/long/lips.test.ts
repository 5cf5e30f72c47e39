import { expect, it } from 'vitest';
import { launchChromium, Person } from '../harness/chromium.ts';
import { TestServer } from '../harness/server.ts';
import { sleep } from '../harness/until.ts';

const median = (sorted: number[]): number => sorted[sorted.length >> 1]!;
const shown = (values: number[]): string => values.map((ms) => ms.toFixed(0)).join(' ');

it('keeps lips and sound together', async () => {
  const server = await TestServer.start();
  // What is measured is in the browsers as much as in the server.
  const browser = await launchChromium({ polite: false });
  try {
    const alice = await Person.join(browser, server.url, 'lips', 'Alice', {
      colour: 'rgb(40, 60, 210)',
      tone: 1000,
      flashes: true,
      width: 640,
      height: 360,
      fps: 25,
    });
    const bob = await Person.join(browser, server.url, 'lips', 'Bob', { tone: 0 });
    await bob.sees(alice.id, [40, 60, 210]);
    // Chromium brings sound and picture together in steps of 15 ms, every four seconds at most.
    await sleep(22_000);
    // For comparison: what leaves Alice's camera and microphone is not quite together either.
    const [sent, received] = (
      await Promise.all([alice.lipSync(alice.id, 10), bob.lipSync(alice.id, 10)])
    ).map((apart) => apart.sort((a, b) => a - b));
    console.log(`sound behind picture, ms: sent ${shown(sent!)}; received ${shown(received!)}`);
    expect(received!.length).toBeGreaterThanOrEqual(7);
    expect(Math.abs(median(received!))).toBeLessThanOrEqual(80);
  } finally {
    await browser.close();
    await server.stop();
  }
});
