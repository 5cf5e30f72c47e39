import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../mixer/compositor/overlay/metrics.ts';
import { isNear, type Person } from '../harness/chromium.ts';
import { openHouse } from '../harness/house.ts';
import type { Rgb } from '../harness/probes.ts';
import { until } from '../harness/until.ts';
import { isTold, rememberTold } from './told.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */
const pale: Rgb = [225, 225, 225];

const button = ({ page }: Person, name: string): Locator =>
  page.getByRole('button', { name, exact: true });
const panel = ({ page }: Person, name: string): Locator =>
  page.getByRole('complementary', { name, exact: true });
const box = ({ page }: Person): Locator => page.getByRole('textbox', { name: 'Write a message' });
const focused = (where: Locator): Promise<boolean> =>
  where.evaluate((element) => element === document.activeElement);

/** Beside the drawing of a reaction, on its dark ground: what colour the composite has there. */
async function besideReaction(person: Person, id: string): Promise<Rgb | null> {
  const { canvas } = person.last('layout')!;
  const tile = person.tileOf(id)!;
  const { inset, chip, reaction } = metricsOf(tile, canvas);
  const point = {
    x: tile.x + tile.width - inset - reaction + reaction * 0.08,
    y: tile.y + tile.height - inset - chip - inset - reaction / 2,
  };
  return (await person.pixels([point]))?.[0] ?? null;
}

describe('people in a room', () => {
  const house = openHouse({ ONEGRID_RUNGS: 'high' });

  it('write to each other, read what was written before, and lose neither focus nor place', async () => {
    const ana = await house.join('chat', 'Ana', {});
    await rememberTold(ana.page);
    const ben = await house.attend('chat', 'Ben');
    ben.send({ type: 'chat', text: 'See https://example.org/a?b=c. <img src=x onerror=alert(1)>' });
    await isTold(ana.page, 'Ben writes: See https://example.org/a?b=c.');
    const chat = button(ana, 'Chat');
    await chat.getByText('1', { exact: true }).waitFor();
    await chat.press('Enter');
    await until(() => focused(box(ana)));
    await chat.getByText('1', { exact: true }).waitFor({ state: 'detached' });
    const log = ana.page.getByRole('log', { name: 'Messages' });
    await log.getByText('<img src=x onerror=alert(1)>').waitFor();
    const link = log.getByRole('link', { name: 'https://example.org/a?b=c', exact: true });
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.getAttribute('target')).toBe('_blank');

    await ana.page.keyboard.type('one');
    await ana.page.keyboard.press('Shift+Enter');
    await ana.page.keyboard.type('two');
    await ana.page.keyboard.press('Enter');
    expect((await ben.next('chat', ({ from }) => from === ana.id)).text).toBe('one\ntwo');
    await log.getByText('You', { exact: true }).waitFor();
    expect(await box(ana).inputValue()).toBe('');

    // Who has scrolled up is left where they read.
    for (let line = 1; line <= 9; line++) {
      ben.send({ type: 'chat', text: `${'long '.repeat(30)}${String(line)}` });
    }
    const toEnd = button(ana, 'Newest messages');
    const left = (): Promise<number> =>
      log.evaluate(({ scrollHeight, scrollTop, clientHeight }) =>
        Math.round(scrollHeight - scrollTop - clientHeight),
      );
    await log.getByText('long 9').waitFor();
    await until(async () => (await left()) < 2);
    await log.evaluate((list) => {
      list.scrollTop = 0;
    });
    await toEnd.waitFor();
    ben.send({ type: 'chat', text: 'the last word' });
    await log.getByText('the last word').waitFor();
    expect(await log.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
    await toEnd.click();
    await until(async () => (await left()) < 2);

    await box(ana).fill('x'.repeat(2003));
    await ana.page.getByText('3 too many').waitFor();
    await ana.page.keyboard.press('Enter');
    expect(await box(ana).inputValue()).toHaveLength(2003);
    await ana.page.keyboard.press('Escape');
    await log.waitFor({ state: 'detached' });
    expect(await focused(chat)).toBe(true);

    // By its key, too, and by the button in its corner.
    await ana.page.keyboard.press('c');
    await until(() => focused(box(ana)));
    await log.focus();
    await ana.page.keyboard.press('c');
    await log.waitFor({ state: 'detached' });
    await ana.page.keyboard.press('c');
    await ana.press('Close Chat');
    await log.waitFor({ state: 'detached' });
    expect(await focused(chat)).toBe(true);

    const cem = await house.open('chat', 'Cem', {});
    await rememberTold(cem.page);
    await cem.enter();
    await isTold(cem.page, 'messages from before you joined');
    await cem.press('Chat');
    await panel(cem, 'Chat').getByText('the last word').waitFor();
  });

  it('react and raise their hands, which everybody sees in the picture and is told of', async () => {
    const ana = await house.join('hands', 'Ana', { colour: `rgb(${pale.join(',')})` });
    await rememberTold(ana.page);
    const [ben, cem] = [await house.attend('hands', 'Ben'), await house.attend('hands', 'Cem')];
    await until(() => ana.last('layout')?.tiles.length === 3);
    await ana.sees(ana.id, pale);
    const isDark = async (): Promise<boolean> => {
      const seen = await besideReaction(ana, ana.id);
      return seen !== null && !isNear(seen, pale, 60);
    };
    await until(async () => !(await isDark()));
    const own = ana.page.locator('.own .reaction');
    // One's own camera lies over the composite, and has it, too.
    const seen = { inPicture: false, onPage: false };
    let reactedAt = Number.NEGATIVE_INFINITY;
    await until(
      async () => {
        // It is there for 4 s. Where nothing was seen in such a time, on a busy machine, there is none any more: another one.
        if (performance.now() - reactedAt > 4000) {
          await ana.press('React');
          await button(ana, 'Thumbs up').press('Enter');
          reactedAt = performance.now();
        }
        seen.inPicture ||= await isDark();
        seen.onPage ||= (await own.count()) > 0;
        return seen.inPicture && seen.onPage;
      },
      () => JSON.stringify(seen),
    );
    expect(await focused(button(ana, 'React'))).toBe(true);
    for (const [name, emoji] of [
      ['Applause', '👏'],
      ['Heart', '❤️'],
      ['Laughter', '😂'],
      ['Surprise', '😮'],
      ['Celebration', '🎉'],
    ] as const) {
      // Faster than that they are not sent.
      await ana.page.waitForTimeout(300);
      await ana.press('React');
      await ana.press(name);
      await ben.next('reaction', (one) => one.participantId === ana.id && one.emoji === emoji);
    }
    ben.send({ type: 'react', emoji: '🎉' });
    await isTold(ana.page, 'Ben celebrates.');

    cem.send({ type: 'hand', raised: true });
    await isTold(ana.page, 'Cem raised a hand.');
    await ana.press('Raise hand');
    await button(ana, 'Lower hand').waitFor();
    const names = panel(ana, 'People').locator('.name');
    await until(
      async () => (await names.allTextContents()).join() === 'Cem,Ana,Ben',
      async () => (await names.allTextContents()).join(),
    );
    await panel(ana, 'People').getByText('hand raised, number 2').waitFor({ state: 'attached' });
    await until(async () => !(await isDark()));
    await ana.press('Lower hand');
    await button(ana, 'Raise hand').waitFor();
    await panel(ana, 'People').getByText('hand raised, number 2').waitFor({ state: 'detached' });
  });

  it('invite by a link, mute and remove each other, who are told by whom', async () => {
    const ana = await house.join('moderate', 'Ana', {});
    const ben = await house.join('moderate', 'Ben', { tone: 440 });
    const people = panel(ana, 'People');
    await ana.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    // It says so for a few seconds.
    await Promise.all([button(ana, 'Link copied').waitFor(), ana.press('Copy invite link')]);
    expect(await ana.page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${house.server.url}/r/moderate`,
    );
    await ana.press('Close People');
    await people.waitFor({ state: 'detached' });
    expect(await focused(button(ana, 'People'))).toBe(true);
    await ana.press('People');
    await button(ana, 'Mute or remove Ben').click();
    await people.getByRole('button', { name: 'Mute Ben', exact: true }).click();
    const dialog = ana.page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Mute Ben for everybody?' }).waitFor();
    await Promise.all([
      ben.page.getByText('Ana muted you.').waitFor(),
      dialog.getByRole('button', { name: 'Mute', exact: true }).click(),
    ]);
    await button(ben, 'Unmute').waitFor();
    await people.getByText('muted', { exact: true }).nth(1).waitFor({ state: 'attached' });
    await ben.press('Unmute');
    await button(ben, 'Mute').waitFor();

    // The same over their tile, for who has a pointer.
    await ana.page.getByRole('button', { name: 'Pin Ben' }).hover();
    const tiles = ana.page.getByRole('group', { name: 'Who is where in the picture' });
    await tiles.getByRole('button', { name: 'Mute Ben', exact: true }).waitFor();
    await tiles.getByRole('button', { name: 'Remove Ben', exact: true }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await people.getByRole('button', { name: 'Remove Ben', exact: true }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await ben.page.getByText('You were removed from the room.').waitFor();
    await until(() => ana.last('layout')?.tiles.length === 1);
  });
});
