import { expect, it } from 'vitest';
import { launchChromium, Person } from '../harness/chromium.ts';
import { TestServer } from '../harness/server.ts';
import { sleep } from '../harness/until.ts';

it('keeps lips and sound together', async () => {
  const server = await TestServer.start();
  // What is measured is in the browsers as much as in the server.
  const browser = await launchChromium({ polite: false });
  try {
    const alice = await Person.join(browser, server.url, 'lips', 'Alice', {
      colour: 'rgb(40, 60, 210)',
      tone: 1000,
      flashes: true,
      fps: 30,
    });
    const bob = await Person.join(browser, server.url, 'lips', 'Bob', { tone: 0 });
    await bob.sees(alice.id, [40, 60, 210]);
    // Chromium brings sound and picture together in steps, one a second at most.
    await sleep(12_000);
    const apart = await bob.lipSync(alice.id, 10);
    expect(apart.length).toBeGreaterThanOrEqual(7);
    apart.sort((a, b) => a - b);
    console.log(`sound behind picture: ${apart.map((ms) => ms.toFixed(0)).join(' ')} ms`);
    expect(Math.abs(apart[apart.length >> 1]!)).toBeLessThanOrEqual(80);
  } finally {
    await browser.close();
    await server.stop();
  }
});
