import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { launchChromium, Person } from '../harness/chromium.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const path = (relative: string): string =>
  fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** `UPDATE_PICTURES=1 npm test` makes the README's picture anew; else it goes where it is not kept. */
const picture = path(
  process.env['UPDATE_PICTURES'] === '1' ? 'docs/call.png' : 'tests/output/call.png',
);

it('takes the picture of a three-person call that the README shows', async () => {
  const server = await TestServer.start();
  const browser = await launchChromium();
  try {
    const look = { portrait: true, width: 640, height: 360, fps: 15 };
    const alice = await Person.join(browser, server.url, 'Monday', 'Alice Archer', {
      ...look,
      colour: '#5b6fa8',
      tone: 0,
    });
    const bjorn = await Person.join(browser, server.url, 'Monday', 'Bjørn Ødegård', {
      ...look,
      colour: '#7a9a6a',
      tone: 'speech',
    });
    await Person.join(browser, server.url, 'Monday', 'Carmen Díaz', { tone: 0 });
    await until(() => alice.last('layout')?.tiles.length === 3, 10_000);
    await until(() => alice.last('speakers')?.active[0] === bjorn.id, 10_000);
    await sleep(1500);
    mkdirSync(dirname(picture), { recursive: true });
    const png = await alice.page.screenshot({ path: picture });
    expect(png.length).toBeGreaterThan(20_000);
  } finally {
    await browser.close();
    await server.stop();
  }
  expect(readFileSync(path('README.md'), 'utf8')).toContain('](docs/call.png)');
  expect(existsSync(path('docs/call.png'))).toBe(true);
});
