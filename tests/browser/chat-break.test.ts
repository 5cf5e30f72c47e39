import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cable } from '../harness/cable.ts';
import { Person } from '../harness/chromium.ts';
import type { SignallingClient } from '../harness/client.ts';
import { openHouse } from '../harness/house.ts';
import { until } from '../harness/until.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */
const patienceMs = 15_000;

const house = openHouse({ ONEGRID_MEDIA_TIMEOUT_MS: '300000', ONEGRID_RUNGS: 'high' });
let cable: Cable;
beforeAll(async () => {
  cable = await Cable.to(house.server.port);
});
afterAll(() => {
  cable.close();
});

const textsOf = ({ received }: SignallingClient): string[] =>
  received.flatMap((message) => (message.type === 'chat' ? [message.text] : []));

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
    await until(() => textsOf(ben).length === 1, patienceMs);

    // The server reads it, and whatever it says to that is lost.
    cable.deafen();
    cable.isPulled = true;
    await write('two');
    await until(() => textsOf(ben).length === 2, patienceMs);
    await chat.getByText('Sending…').waitFor();
    cable.cut();
    // Nor does it hear of this for now.
    await write('three');
    await page.getByText('reconnecting', { exact: false }).first().waitFor();
    expect(textsOf(ben)).toEqual(['one', 'two']);
    cable.isPulled = false;
    await until(() => textsOf(ben).length === 3, patienceMs);
    await chat.getByText('Sending…').waitFor({ state: 'detached' });
    expect(textsOf(ben)).toEqual(['one', 'two', 'three']);
    expect((await shown()).map((text) => text.trim())).toEqual(['one', 'two', 'three']);
  } finally {
    await ana.close();
  }
});
