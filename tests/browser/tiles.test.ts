import { loadImage, createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { layoutModes, type LayoutMode } from '../../mcu/protocol/common.ts';
import { isNear, type Person } from '../harness/chromium.ts';
import type { SignallingClient } from '../harness/client.ts';
import { openHouse } from '../harness/house.ts';
import type { Rgb } from '../harness/probes.ts';
import { until } from '../harness/until.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

type Rectangle = Point & { readonly width: number; readonly height: number };

/** Nothing here is about how fast it is: a busy machine may take its time. */

/** Upright, and seen by others, its left half is blue and its right half white; in a mirror it is the other way round. */
const halves = { colour: 'blue', phone: true, width: 320, height: 240, fps: 10 };
const blue: Rgb = [0, 0, 255];
const white: Rgb = [255, 255, 255];

/** Where a point of a rectangle on the canvas, given as parts of its sides, is in the window: the picture is fitted in its element. */
async function inWindow(person: Person, on: Rectangle, right = 0.5, down = 0.5): Promise<Point> {
  const { canvas } = person.last('layout')!;
  const frame = (await person.page.locator('video').first().boundingBox())!;
  const scale = Math.min(frame.width / canvas.width, frame.height / canvas.height);
  return {
    x: frame.x + (frame.width - canvas.width * scale) / 2 + (on.x + on.width * right) * scale,
    y: frame.y + (frame.height - canvas.height * scale) / 2 + (on.y + on.height * down) * scale,
  };
}

/** Waits until a click at a point would hit a button of a name that begins so. */
async function meets(person: Person, at: () => Promise<Point>, name: string): Promise<Point> {
  let point: Point = { x: 0, y: 0 };
  let found: string | null = null;
  await until(
    async () => {
      point = await at();
      found = await person.page.evaluate(
        ({ x, y }) =>
          document.elementFromPoint(x, y)?.closest('button')?.getAttribute('aria-label') ?? null,
        point,
      );
      return found?.startsWith(name) === true;
    },
    () => `at ${JSON.stringify(point)} is ${String(found)}, not ${name}`,
  );
  return point;
}

const focusedName = ({ page }: Person): Promise<string | null> =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement!.textContent,
  );

/** The colours that the window shows at points. */
async function shownAt({ page }: Person, points: readonly Point[]): Promise<Rgb[]> {
  const image = await loadImage(await page.screenshot({ scale: 'css' }));
  const g = createCanvas(image.width, image.height).getContext('2d');
  g.drawImage(image, 0, 0);
  return points.map(({ x, y }) => {
    const [red, green, blue] = g.getImageData(Math.round(x), Math.round(y), 1, 1).data;
    return [red!, green!, blue!];
  });
}

describe('the tiles of the picture', () => {
  // One quality, so that no load on this machine takes the picture away.
  const house = openHouse({ ONEGRID_RUNGS: 'high' });

  const attend = async (room: string, names: readonly string[]): Promise<SignallingClient[]> => {
    const fellows: SignallingClient[] = [];
    for (const name of names) fellows.push(await house.attend(room, name));
    return fellows;
  };

  it('pin who is seen where one clicks: every layout, in windows of any shape', async () => {
    const names = ['Ben', 'Cem', 'Dana', 'Eli'];
    const ana = await house.join('click', 'Ana', {});
    const fellows = await attend('click', names);
    const nameOf = new Map([
      [ana.id, 'Ana (you)'],
      ...fellows.map(({ id }, index) => [id, names[index]!] as const),
    ]);
    await until(() => ana.last('layout')?.tiles.length === 5);
    let turn = 0;
    const clickIn = async (mode: LayoutMode): Promise<void> => {
      fellows[0]!.send({ type: 'layout', mode, pinned: null });
      const arranged = () => ana.last('layout');
      await until(() => arranged()?.mode === mode && arranged()?.pinned === null);
      const { tiles } = arranged()!;
      // Another one each time, so that all of them have their turn.
      const tile = tiles[turn++ % tiles.length]!;
      const { participantId } = tile;
      const at = await meets(ana, () => inWindow(ana, tile), `Pin ${nameOf.get(participantId)!}`);
      await ana.page.mouse.click(at.x, at.y);
      await until(
        () => arranged()?.pinned === participantId,
        () => `${String(arranged()?.pinned)} is pinned in ${mode}`,
      );
      expect(arranged()!.tiles[0]!.participantId).toBe(participantId);
    };
    for (const [width, height] of [
      [1280, 800],
      [844, 390],
      [390, 844],
      [700, 700],
    ] as const) {
      await ana.page.setViewportSize({ width, height });
      for (const mode of layoutModes) await clickIn(mode);
    }
  });

  it('are one stop of Tab, with arrow keys between them, and pinned by Enter; the menu arranges the room', async () => {
    const ana = await house.join('keys', 'Ana', {});
    await attend('keys', ['Ben', 'Cem']);
    await until(() => ana.last('layout')?.tiles.length === 3);
    const { page } = ana;
    await page.getByRole('button', { name: 'Pin Cem, muted' }).waitFor();
    await page.getByRole('button', { name: 'Pin Ana (you), muted' }).focus();
    for (const [key, name] of [
      ['ArrowRight', 'Pin Ben, muted'],
      ['End', 'Pin Cem, muted'],
      ['ArrowUp', 'Pin Ana (you), muted'],
      ['ArrowDown', 'Pin Cem, muted'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focusedName(ana)).toBe(name);
    }
    // On to what can be done with them, away with one Tab more, and back where one was.
    await page.keyboard.press('Tab');
    expect(await focusedName(ana)).toBe('Remove Cem');
    await page.keyboard.press('Tab');
    expect(await focusedName(ana)).not.toContain('Cem');
    for (const name of ['Remove Cem', 'Pin Cem, muted']) {
      await page.keyboard.press('Shift+Tab');
      expect(await focusedName(ana)).toBe(name);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Unpin Cem, muted' }).waitFor();
    // It is the first one now, and has the focus still.
    expect(await focusedName(ana)).toBe('Unpin Cem, muted');
    await until(() => ana.last('layout')?.mode === 'speaker');
    await page.keyboard.press('Enter');
    await until(() => ana.last('layout')?.mode === 'auto');
    expect(ana.last('layout')?.pinned).toBeNull();

    await page.getByRole('button', { name: 'Layout', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: 'Automatic', checked: true }).waitFor();
    await until(async () => (await focusedName(ana))?.trim() === 'Automatic');
    for (const key of ['ArrowUp', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await until(() => ana.last('layout')?.mode === 'pip');
    expect((await focusedName(ana))?.trim()).toBe('Layout');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect((await focusedName(ana))?.trim()).toBe('Layout');

    // Who has no tile is counted, and listed.
    await ana.press('People');
    const people = page.getByRole('complementary', { name: 'People' });
    await people.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '1 more person' }).click();
    await people.getByText('Cem', { exact: true }).waitFor();
    expect(await people.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('let one mute and remove somebody by keyboard alone, and keep the focus in the picture', async () => {
    const ana = await house.join('hosts', 'Ana', {});
    const ben = await house.join('hosts', 'Ben', { tone: 440 });
    await attend('hosts', ['Cem']);
    await until(() => ana.last('layout')?.tiles.length === 3);
    const { page } = ana;
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    const isFocused = async (name: string): Promise<void> => {
      await until(
        async () => (await focusedName(ana)) === name,
        async () => `the focus is on ${String(await focusedName(ana))}, not on ${name}`,
      );
      // Whatever has it is seen, on its own tile, with nothing over it.
      const { opacity, isOnTop } = await page.evaluate(() => {
        const focused = document.activeElement!;
        const { left, top, width, height } = focused.getBoundingClientRect();
        const at = document.elementFromPoint(left + width / 2, top + height / 2);
        const shown = getComputedStyle(focused.closest('.actions') ?? focused);
        return { opacity: shown.opacity, isOnTop: at !== null && focused.contains(at) };
      });
      expect({ opacity, isOnTop, name }).toEqual({ opacity: '1', isOnTop: true, name });
    };
    // Nobody is told of these before they get there. The pointer is where it joined by.
    await page.mouse.move(0, 0);
    await until(
      async () => (await page.locator('.actions').filter({ visible: true }).count()) === 0,
    );
    await page.getByRole('button', { name: 'Pin Ana (you), muted' }).focus();
    await press('ArrowRight');
    await isFocused('Pin Ben');
    await press('Shift+F10');
    await isFocused('Mute Ben');
    await press('ArrowRight');
    await isFocused('Remove Ben');
    await press('Escape');
    await isFocused('Pin Ben');
    await press('Tab');
    await isFocused('Mute Ben');
    await press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Mute Ben for everybody?' }).waitFor();
    await press('Tab');
    // It is told for a few seconds.
    await Promise.all([ben.page.getByText('Ana muted you.').waitFor(), press('Enter')]);
    // There is nothing to mute any more.
    await isFocused('Pin Ben, muted');
    await press('Tab');
    await isFocused('Remove Ben');
    await press('Enter');
    await dialog.getByRole('heading', { name: 'Remove Ben from the room?' }).waitFor();
    await press('Tab');
    await press('Enter');
    await ben.page.getByText('You were removed from the room.').waitFor();
    await until(() => ana.last('layout')?.tiles.length === 2);
    await page
      .getByRole('button', { name: 'Pin Ben', exact: false })
      .waitFor({ state: 'detached' });
    await isFocused('Pin Ana (you), muted');
  });

  it('show one’s own camera as in a mirror, over one’s own tile and nowhere else', async () => {
    const ana = await house.join('mirror', 'Ana', halves);
    const [ben] = await attend('mirror', ['Ben']);
    const sides = async (on: Rectangle): Promise<[Rgb, Rgb]> => {
      const points = [await inWindow(ana, on, 0.2, 0.5), await inWindow(ana, on, 0.8, 0.5)];
      const [left, right] = await shownAt(ana, points);
      return [left!, right!];
    };
    let seen: unknown;
    const shows = async (
      what: string,
      on: () => Rectangle,
      fits: (sides: [Rgb, Rgb]) => boolean,
    ) => {
      await until(
        async () => fits((seen = await sides(on()))),
        () => `${what}: ${JSON.stringify(seen)}`,
      );
    };
    const mirrored = ([left, right]: [Rgb, Rgb]): boolean =>
      isNear(left, white) && isNear(right, blue);
    const notThere = (sides: [Rgb, Rgb]): boolean =>
      sides.every((side) => !isNear(side, white, 90) && !isNear(side, blue, 90));
    const own = () => ana.tileOf(ana.id)!;
    const bens = () => ana.tileOf(ben!.id)!;

    await until(() => ana.last('layout')?.tiles.length === 2);
    await shows('own tile', own, mirrored);
    await shows('Ben’s tile', bens, notThere);
    // The composite has it as the others see it.
    await until(async () => {
      const [left] = (await ana.coloursIn(ana.id, [[0.2, 0.5]])) ?? [];
      return left !== undefined && isNear(left, blue);
    });

    // It goes where the tile goes, and what lies on top of that stays on top.
    ben!.send({ type: 'layout', mode: 'speaker', pinned: ben!.id });
    await until(() => bens().width > 2 * own().width);
    await shows('own tile in the strip', own, mirrored);
    await shows('Ben’s large tile', bens, notThere);
    ben!.send({ type: 'layout', mode: 'pip', pinned: ana.id });
    await until(() => own().width > 2 * bens().width);
    await shows('own tile below another', own, mirrored);
    await shows('Ben’s tile on top', bens, notThere);

    await ana.press('Stop video');
    await shows('own tile without a camera', own, notThere);
  });

  it('have names and controls where only sound is wanted', async () => {
    const ana = await house.join('sound', 'Ana', {});
    const [ben] = await attend('sound', ['Ben']);
    await ana.chooses('Sound only');
    await ana.page.getByText('Sound only: the picture is switched off.').waitFor();
    await until(() => ana.last('layout')?.tiles.length === 2);
    const tile = ana.page.getByRole('button', { name: 'Pin Ben, muted' });
    await tile.getByText('Ben', { exact: true }).filter({ visible: true }).first().waitFor();
    const at = await meets(ana, () => inWindow(ana, ana.tileOf(ben!.id)!), 'Pin Ben');
    await ana.page.mouse.click(at.x, at.y);
    await until(() => ana.last('layout')?.pinned === ben!.id);
  });

  it('are zoomed to by a tap where one has fingers to point with, and pinned by a long one: on phones and tablets', async () => {
    const ana = await house.join('phone', 'Ana', {});
    const [fellow] = await attend('phone', ['Ben', 'Cem']);
    await until(() => ana.last('layout')?.tiles.length === 3);
    const { page } = ana;
    const touch = await page.context().newCDPSession(page);
    await touch.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    const ben = ana.last('layout')!.tiles[1]!;
    const isPinned = (id: string | null) => () => ana.last('layout')?.pinned === id;
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const lower = ({ x, y }: Point) =>
      touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    const lift = () =>
      touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    // The browser has both at once: if one waited for its answer between them, a busy one would take it for a long press.
    const tap = (at: Point) => Promise.all([lower(at), lift()]);

    for (const [width, height] of [
      [390, 844],
      [844, 390],
      [1024, 768],
    ] as const) {
      await page.setViewportSize({ width, height });
      await tap(await meets(ana, () => inWindow(ana, ben), 'Zoom to Ben'));
      const zoomed = button('Show everybody, muted');
      await zoomed.waitFor();
      const frame = (await page.locator('.frame').boundingBox())!;
      await until(async () => (await zoomed.boundingBox())!.width > 0.95 * frame.width);
      for (const name of ['Pin Ben', 'Remove Ben']) {
        const box = (await button(name).boundingBox())!;
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
      }
      expect(isPinned(null)()).toBe(true);
      await tap({ x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 });
      await zoomed.waitFor({ state: 'detached' });
      await until(
        async () => (await page.locator('video').first().boundingBox())!.width < frame.width + 1,
      );

      const at = await meets(ana, () => inWindow(ana, ben), 'Zoom to Ben');
      await lower(at);
      await until(isPinned(ben.participantId));
      await lift();
      // The finger that is lifted then does nothing more.
      await button('Zoom to Ben, muted').waitFor();
      expect(await zoomed.count()).toBe(0);
      expect(isPinned(ben.participantId)()).toBe(true);
      fellow!.send({ type: 'layout', mode: 'auto', pinned: null });
      await until(isPinned(null));
    }
  });
});
