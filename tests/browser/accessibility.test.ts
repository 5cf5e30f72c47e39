import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openHouse } from '../harness/house.ts';
import { FakeRecordingsApi, recordingOf } from '../harness/recordings-api.ts';
import { until } from '../harness/until.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** Nothing here is about how fast it is: a busy machine may take its time. */

interface AxeWindow {
  axe: {
    run(options: object): Promise<{
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    }>;
  };
}

/** What axe finds wrong with the page as it is, one line for each element. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async (source) => {
    const page = window as unknown as Partial<AxeWindow>;
    // As the tools of the browser do: it is not the page that loads it.
    if (page.axe === undefined) (0, eval)(source);
    // What changes its colour is looked at when it has done so.
    const changes = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished);
    // One that is paused, or replaced, is never finished.
    const second = new Promise((resolve) => setTimeout(resolve, 1000));
    await Promise.race([Promise.allSettled(changes), second]);
    const { violations } = await (window as unknown as AxeWindow).axe.run({
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
    );
  }, axeSource);
}

const laptop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const allLooks = [
  [laptop, 'light'],
  [laptop, 'dark'],
  [phone, 'light'],
  [phone, 'dark'],
] as const;
/** Each size and each scheme once, of a view whose colours are those of others. */
const twoLooks = [allLooks[0], allLooks[3]] as const;

/** Looks at a view on a laptop and on a phone, in light and dark. */
async function expectAccessible(
  page: Page,
  view: string,
  looks: readonly (typeof allLooks)[number][] = allLooks,
): Promise<void> {
  const found: string[] = [];
  for (const [size, colorScheme] of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    for (const violation of await violations(page)) {
      found.push(`${view}, ${size.width} wide, ${colorScheme}: ${violation}`);
    }
  }
  expect(found).toEqual([]);
}

describe('the client', () => {
  const house = openHouse({ ONEGRID_RUNGS: 'high' });
  const complaints: string[] = [];
  const listen = (page: Page): void => {
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
  };
  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
  });

  it('has nothing that axe finds wrong: lobby, room, menus, panels and dialogs', async () => {
    const ana = await house.open('axe', 'Ana', { colour: '#5b6fa8', tone: 0, fps: 5 });
    const { page } = ana;
    listen(page);
    await page.getByText('Choose devices').click();
    await page.getByText('Details').click();
    await expectAccessible(page, 'lobby');
    await ana.enter();
    const ben = await house.attend('axe', 'Ben');
    await until(() => ana.last('layout')?.tiles.length === 2);
    await page.getByRole('button', { name: 'Pin Ben, muted' }).waitFor();
    await expectAccessible(page, 'room');
    const dialog = page.getByRole('dialog');
    for (const [button, opened, looks] of [
      ['Layout', page.getByRole('menu'), allLooks],
      ['Quality', dialog, allLooks],
      ['React', page.getByRole('group', { name: 'Reactions' }), twoLooks],
    ] as const) {
      await ana.press(button);
      await opened.waitFor();
      await expectAccessible(page, button, looks);
      await page.keyboard.press('Escape');
      await opened.waitFor({ state: 'detached' });
    }
    ben.send({ type: 'chat', text: 'See https://example.org/a.' });
    await ana.press('Chat');
    await page.getByRole('textbox', { name: 'Write a message' }).fill('And https://example.org/b.');
    await page.keyboard.press('Enter');
    for (const name of ['Ben', 'You']) {
      await page.getByRole('log', { name: 'Messages' }).getByText(name, { exact: true }).waitFor();
    }
    await expectAccessible(page, 'chat', twoLooks);
    await ana.press('People');
    await ana.press('Mute or remove Ben');
    const people = page.getByRole('complementary', { name: 'People' });
    const remove = people.getByRole('button', { name: 'Remove Ben', exact: true });
    await remove.waitFor();
    await expectAccessible(page, 'people', twoLooks);
    await remove.click();
    await dialog.waitFor();
    await expectAccessible(page, 'remove', twoLooks);
    await ana.press('Cancel');
    await ana.press('Settings');
    await dialog.waitFor();
    await expectAccessible(page, 'settings');
    await ana.press('Keyboard shortcuts');
    await dialog.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await expectAccessible(page, 'keys', twoLooks);
    // Thirty looks, each of which takes some seconds on a busy machine.
  }, 600_000);

  it('has nothing that axe finds wrong: recordings and their dialogs, a stream, an invitation that is over', async () => {
    const { page } = await house.open('axe', 'Ana', {});
    listen(page);
    const nothing = fileURLToPath(
      new URL('../../docs/images/lobby-phone-light.png', import.meta.url),
    );
    const api = new FakeRecordingsApi({ media: nothing, poster: nothing });
    api.recordings = [recordingOf('one'), recordingOf('two', { state: 'failed', poster: null })];
    await api.serve(page);
    await page.goto(`${house.server.url}/recordings`);
    await page.getByRole('article').first().waitFor();
    await expectAccessible(page, 'recordings');
    await page
      .getByRole('button', { name: /^Delete/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page, 'delete');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Play/ }).first().click();
    // A picture is no recording, and the player says so.
    await page.getByText('This recording cannot be played here.').waitFor();
    await expectAccessible(page, 'player', twoLooks);
    await page.route('**/hls/**', (route) => route.fulfill({ body: '#EXTM3U\n#EXT-X-ENDLIST\n' }));
    await page.goto(`${house.server.url}/watch/axe`);
    await page.getByText('There is no stream of this room yet.').first().waitFor();
    await expectAccessible(page, 'watch', twoLooks);
    await page.route('**/api/v1/access', (route) =>
      route.fulfill({ json: { tokens: true, key: false, invitation: null, problem: 'expired' } }),
    );
    await page.goto(`${house.server.url}/r/axe`);
    await page.getByRole('heading', { name: 'Your invitation has expired' }).waitFor();
    await expectAccessible(page, 'invitation', twoLooks);
  });

  it('lets one make a whole call by keyboard alone', async () => {
    const ana = await house.open('keys', 'Ana', { colour: '#5b6fa8', tone: 0, fps: 5 });
    const { page } = ana;
    listen(page);
    await house.attend('keys', 'Ben');
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    /** Tab until what has the focus, and shows it, is named so. */
    const tabTo = async (name: string): Promise<void> => {
      const passed: string[] = [];
      for (let presses = 0; presses < 40; presses++) {
        const focused = await page.evaluate(() => {
          const element = document.activeElement;
          const text = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
          return { name: text.trim(), isSeen: element?.matches(':focus-visible') === true };
        });
        if (focused.name === name && focused.isSeen) return;
        passed.push(focused.name);
        await press('Tab');
      }
      throw new Error(`Tab does not lead to ${name}, but to ${passed.join(' | ')}`);
    };
    const told = (what: () => boolean): Promise<void> => until(what);

    await press('Enter');
    await told(() => ana.last('joined') !== undefined);
    await told(() => ana.last('layout')?.tiles.length === 2);
    await tabTo('Mute');
    await press('Space');
    await page.getByRole('button', { name: 'Unmute', exact: true }).waitFor();
    await tabTo('Layout');
    await press('Enter');
    await page.getByRole('menuitemradio', { name: 'Automatic', checked: true }).waitFor();
    await press('ArrowDown');
    await press('Enter');
    await told(() => ana.last('layout')?.mode === 'grid');
    await tabTo('Pin Ben, muted');
    await press('ArrowRight');
    await press('Enter');
    await told(() => ana.last('layout')?.pinned !== null);
    await tabTo('Quality');
    await press('Enter');
    const details = page.getByRole('dialog', { name: 'Quality and network' });
    await details.waitFor();
    // What the browser measured is there after a moment.
    await details
      .getByText(/^\d.* [kM]bit\/s$/)
      .first()
      .waitFor();
    const choice = page.getByRole('combobox', { name: 'Quality' });
    await until(() => choice.evaluate((each) => each === document.activeElement));
    await press('ArrowDown');
    await until(() => choice.evaluate((each) => (each as HTMLSelectElement).value === 'high'));
    await press('Escape');
    await details.waitFor({ state: 'detached' });
    await tabTo('Record');
    await press('Enter');
    await page.getByRole('button', { name: 'Stop recording', exact: true }).waitFor();
    await press('Enter');
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    await tabTo('Leave');
    await press('Enter');
    await page.getByText('You left the room.').waitFor();
  });
});
