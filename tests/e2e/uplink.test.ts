import { describe, expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
import { isNear, type Person } from '../harness/chromium.ts';
import { openHouse } from '../harness/house.ts';
import type { Outbound } from '../harness/outbound.ts';
import type { ServerMessage } from '../../mcu/protocol/server.ts';
import type { Rgb } from '../harness/probes.ts';
import { settled, sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
/** Instead of 10 s: that it is these is tested without a browser. */
const holdMs = 3000;
/** How soon more is there that is shown, and, with some time for it, how long a picture that stalls stays. */
const barMs = 3000;

/** Pictures and bits a second. */
interface Rates {
  readonly fps: number;
  readonly bitrate: number;
}

describe('what a browser sends', () => {
  const house = openHouse(
    {
      // So little that there is room for all of it from the beginning: how much is asked for by what the path carries is tested
      // elsewhere.
      ONEGRID_CANVAS: '320x180',
      ONEGRID_UPLINK_HOLD_MS: String(holdMs),
      // What the only one who watches is shown decides what is asked for.
      ONEGRID_RUNGS: 'high',
    },
    // What the browser manages to encode is measured.
    { polite: false },
  );

  const follow = async (who: Person, height: number): Promise<Outbound> => {
    let counts: Outbound | null = null;
    await until(
      async () => {
        counts = await who.outbound();
        return counts?.height === height;
      },
      () =>
        `${who.name} should send ${String(height)} lines, sends ${JSON.stringify(counts)}, was asked for ${who.received.flatMap((message) => (message.type === 'uplink' ? [message.height] : [])).join()}`,
    );
    return counts!;
  };

  /** How long after a change of the layout somebody was asked for less, in milliseconds; waits until they are. */
  const askedLessMs = async (
    who: Person,
    from: number,
    isLess: (fps: number, height: number) => boolean,
  ): Promise<number> => {
    const find = (what: (message: ServerMessage) => boolean): number | undefined =>
      who.receivedAt[who.received.findIndex((message, index) => index >= from && what(message))];
    const asked = (): number | undefined =>
      find((message) => message.type === 'uplink' && isLess(message.fps, message.height));
    await until(
      () => asked() !== undefined,
      () => `${who.name} should be asked for less`,
    );
    return asked()! - find(({ type }) => type === 'layout')!;
  };

  /** What somebody sends from now on. */
  const rates = async (who: Person, ms: number): Promise<Rates> => {
    const before = (await who.outbound())!;
    await sleep(ms);
    const after = (await who.outbound())!;
    const seconds = (after.at - before.at) / 1000;
    return {
      fps: (after.framesEncoded - before.framesEncoded) / seconds,
      bitrate: ((after.bytesSent - before.bytesSent) * 8) / seconds,
    };
  };

  /** Waits until somebody sends what is clearly more, or less, than another measurement said; a browser takes a while to change. */
  const reach = async (
    who: Person,
    isReached: (now: Rates) => boolean,
    was: Rates,
  ): Promise<Rates> => {
    let now = was;
    await until(
      async () => {
        now = await rates(who, 2000);
        return isReached(now);
      },
      () => `${who.name} sent ${JSON.stringify(was)}, sends ${JSON.stringify(now)}`,
    );
    return now;
  };
  const isMore = (more: Rates, less: Rates): boolean =>
    more.bitrate / less.bitrate > 2 && more.fps / less.fps > 1.2;

  it('has the size, rate and bitrate of its tile: small in a crowd, more within 3 s, less after the hold', async () => {
    const crowd = await Promise.all(
      Array.from({ length: 15 }, (_, index) => house.attend('crowd', `Person ${String(index)}`)),
    );
    const arrange = (mode: 'grid' | 'single', pinned: string | null): void => {
      crowd[0]!.send({ type: 'layout', mode, pinned });
    };
    const camera = { colour: css(red), width: 320, height: 180, fps: 25, busy: true };
    const alice = await house.join('crowd', 'Alice', { ...camera, tone: 440 });
    const first = await follow(alice, 90);
    expect(first.width).toBe(160);
    // Nothing at all may have been asked for until she was shown to somebody; never more than her tile has.
    const asked = alice.received.filter((message) => message.type === 'uplink');
    expect(asked.at(-1)).toMatchObject({ width: 160, height: 90, fps: 15 });
    expect(Math.max(...asked.map(({ height }) => height))).toBe(90);
    await sleep(1000);
    const small = await rates(alice, 2000);

    arrange('single', alice.id);
    const changed = performance.now();
    const large = await follow(alice, 180);
    withinBar('grown', performance.now() - changed, barMs);
    expect(large.width).toBe(320);
    expect(alice.received).toContainEqual(
      expect.objectContaining({ type: 'uplink', width: 320, height: 180, fps: 25 }),
    );
    const many = await reach(alice, (now) => isMore(now, small), small);

    const told = alice.received.length;
    arrange('grid', null);
    const heldMs = await askedLessMs(alice, told, (_fps, height) => height < 180);
    expect(heldMs).toBeGreaterThan(holdMs / 2);
    await follow(alice, 90);
    const few = await reach(alice, (now) => isMore(many, now), many);
    console.log(
      `held for ${String(heldMs)} ms;`,
      [small, many, few].map(({ fps, bitrate }) => [Math.round(fps), Math.round(bitrate / 1000)]),
    );
    // The 15 that are asked for, and no more.
    for (const less of [small, few]) expect(less.fps).toBeLessThan(17);
  });

  it('is no picture while it is not shown, and one again within 3 s when it is', async () => {
    const alice = await house.join('hidden', 'Alice', { colour: css(red), tone: 440 });
    const bob = await house.join('hidden', 'Bob', { colour: css(green) });
    await bob.sees(alice.id, red);
    const arranger = await house.attend('hidden', 'Arranger');
    await sleep(1000);
    const quiet = await rates(bob, 2000);

    const told = alice.received.length;
    arranger.send({ type: 'layout', mode: 'single', pinned: bob.id });
    await bob.sees(bob.id, green);
    expect(await askedLessMs(alice, told, (fps) => fps === 0)).toBeGreaterThan(holdMs / 2);
    expect(bob.last('uplink')?.fps).toBeGreaterThan(0);
    // The page may be slow to do as it is told.
    await settled(async () => (await alice.outbound())!.framesEncoded);
    const stopped = (await alice.outbound())!;
    const meanwhile = await rates(bob, 2000);
    const later = (await alice.outbound())!;
    expect(later.framesEncoded).toBe(stopped.framesEncoded);
    expect(later.audioPackets).toBeGreaterThan(stopped.audioPackets);
    expect(meanwhile.fps / quiet.fps).toBeGreaterThan(0.5);
    await bob.sees(bob.id, green);

    arranger.send({ type: 'layout', mode: 'grid', pinned: null });
    const shown = performance.now();
    await until(
      async () => isNear((await bob.colourOf(alice.id)) ?? green, red),
      async () => `Bob sees ${String(await bob.colourOf(alice.id))}`,
    );
    withinBar('seen again', performance.now() - shown, barMs);
    // For good: a picture that is not kept stalls by then.
    await sleep(barMs + 500);
    await bob.sees(alice.id, red);
  });
});
