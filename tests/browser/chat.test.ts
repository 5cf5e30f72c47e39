import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cable } from '../harness/cable.ts';
import { Person } from '../harness/chromium.ts';
import type { SignallingClient } from '../harness/client.ts';
import { openHouse } from '../harness/house.ts';
import { until } from '../harness/until.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */

const house = openHouse({ ONEGRID_RUNGS: 'high' });
let cable: Cable;
beforeAll(async () => {
  cable = await Cable.to(house.server.port);
});
afterAll(() => {
  cable.close();
});

/** As long as names may be, without a place to break it. */
const longName = 'Bartholomew'.repeat(6).slice(0, 64);

const textsOf = ({ received }: SignallingClient): string[] =>
  received.flatMap((message) => (message.type === 'chat' ? [message.text] : []));

it('the chat is all on the screen and large enough for fingers, whatever one is called: upright, on its side, with a keyboard open', async () => {
  const ben = await house.attend('long', longName);
  const ana = await house.join('long', 'Ana', {});
  const { page } = ana;
  ben.send({ type: 'chat', text: 'W'.repeat(200) });
  await ana.press('Chat');
  const box = page.getByRole('textbox', { name: 'Write a message' });
  for (const [width, height, controls] of [
    [1280, 800, 12],
    [390, 844, 12],
    [390, 480, 0],
    [844, 390, 12],
  ] as const) {
    await page.setViewportSize({ width, height });
    await box.waitFor();
    const found = await page.evaluate(() => {
      const buttons = [...document.querySelectorAll('[role="toolbar"] button, aside button')];
      const boxes = buttons.map((each) => each.getBoundingClientRect());
      return boxes
        .filter((each) => each.width > 0)
        .map(({ width, height, right, bottom }) => ({ width, height, right, bottom }));
    });
    // Besides, to close it, and to send; to see the newest, where there is more than fits.
    expect(found.length).toBeGreaterThanOrEqual(controls + 2);
    for (const each of found) {
      expect(each.width).toBeGreaterThanOrEqual(44);
      expect(each.height).toBeGreaterThanOrEqual(44);
      expect(each.right).toBeLessThanOrEqual(width);
      expect(each.bottom).toBeLessThanOrEqual(height);
    }
  }
});

it('what one writes while the connection breaks arrives once: not heard of, or heard and not confirmed', async () => {
  const ben = await house.attend('break', 'Ben');
  const ana = await Person.join(house.browser, cable.url, 'break', 'Ana', {});
  try {
    const { page } = ana;
    const chat = page.getByRole('complementary', { name: 'Chat', exact: true });
    const shown = (): Promise<string[]> => chat.locator('.text').allTextContents();
    const write = async (text: string): Promise<void> => {
      await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
      await page.keyboard.press('Enter');
      await chat.getByText(text, { exact: true }).waitFor();
    };
    await ana.press('Chat');
    await write('one');
    await until(() => textsOf(ben).length === 1);

    // The server reads it, and whatever it says to that is lost.
    cable.deafen();
    cable.isPulled = true;
    await write('two');
    await until(() => textsOf(ben).length === 2);
    await chat.getByText('Sending…').waitFor();
    cable.cut();
    // Nor does it hear of this for now.
    await write('three');
    await page.getByText('reconnecting', { exact: false }).first().waitFor();
    expect(textsOf(ben)).toEqual(['one', 'two']);
    cable.isPulled = false;
    await until(() => textsOf(ben).length === 3);
    await chat.getByText('Sending…').waitFor({ state: 'detached' });
    expect(textsOf(ben)).toEqual(['one', 'two', 'three']);
    expect((await shown()).map((text) => text.trim())).toEqual(['one', 'two', 'three']);
  } finally {
    await ana.close();
  }
});
