import { describe, expect, it } from 'vitest';
import { sameGaps, withinBar } from '../harness/bars.ts';
import { isNear } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { Hiccups } from '../harness/hiccups.ts';
import { openHouse } from '../harness/house.ts';
import type { Rgb } from '../harness/probes.ts';
import { longestGap, traced } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const blue: Rgb = [40, 60, 210];
const yellow: Rgb = [220, 200, 40];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const tones = { alice: 440, bob: 750, carol: 1170, dave: 1730 };

const person = (colour: Rgb, tone: number): FakeMedia => ({ colour: css(colour), tone, fps: 10 });

describe('a call of real browsers', () => {
  const house = openHouse({ ...traced, ONEGRID_RUNGS: 'high' }, { whole: true });

  it('shows three people each other where the layout says, heard without themselves, by one encoder', async () => {
    const alice = await house.join('three', 'Alice', person(red, tones.alice));
    const bob = await house.join('three', 'Bob', person(green, tones.bob));
    await alice.sees(bob.id, green);
    const carol = await house.open('three', 'Carol', person(blue, tones.carol));
    await carol.enter();
    const joined = performance.now();
    const three = [
      { who: alice, colour: red },
      { who: bob, colour: green },
      { who: carol, colour: blue },
    ];
    for (const { who: other, colour } of three) await carol.sees(other.id, colour);
    withinBar('all three seen', performance.now() - joined, 3000);
    for (const { who } of three) {
      for (const { who: other, colour } of three) await who.sees(other.id, colour);
    }
    await until(() => alice.last('layout')?.tiles.length === 3);

    const all = [tones.alice, tones.bob, tones.carol];
    let heard: number[][] = [];
    // In one and the same second: who hears themselves never gets there. Absent sound is -200 dB, for all of them.
    await until(
      async () => {
        heard = await Promise.all(three.map(({ who }) => who.hears(all)));
        return heard.every((levels, own) =>
          levels.every(
            (level, other) => other === own || (level > -60 && level - levels[own]! >= 30),
          ),
        );
      },
      () => `all should hear each other and not themselves, hear ${JSON.stringify(heard)}`,
    );

    let encoders = [NaN, NaN];
    // Whom a busy machine gave another quality for a moment has an encoder of their own meanwhile.
    await until(
      async () => {
        encoders = [
          await house.server.metricSum('onegrid_video_encoders'),
          await house.server.metricSum('onegrid_audio_encoders'),
        ];
        return encoders[0] === 1 && encoders[1]! <= 3;
      },
      () => `${String(encoders)} encoders for picture and sound`,
    );
  });

  it('re-flows when one leaves and another joins, without a gap for those who stay', async () => {
    const alice = await house.join('flow', 'Alice', person(red, tones.alice));
    const bob = await house.join('flow', 'Bob', person(green, tones.bob));
    const carol = await house.join('flow', 'Carol', person(blue, tones.carol));
    await alice.sees(carol.id, blue);
    await bob.sees(carol.id, blue);
    // Dave waits in the lobby: starting a browser page is not what is measured.
    const dave = await house.open('flow', 'Dave', person(yellow, tones.dave));
    await sleep(2000);
    const hiccups = new Hiccups();
    const stay = [alice, bob];
    const from = stay.map(({ id }) => house.server.sentTo(id).length);
    await sleep(6000);
    const quiet = stay.map(({ id }, index) => house.server.sentTo(id).slice(from[index]));
    await hiccups.take();
    const carolId = carol.id;
    const carolTile = alice.tileOf(carolId)!;

    await carol.press('Leave');
    await until(() => alice.last('layout')?.tiles.length === 2);
    // Two sit side by side in the middle: where Carol's tile was there is background again.
    const below = { x: carolTile.x + carolTile.width / 2, y: carolTile.y + carolTile.height - 12 };
    await until(async () => {
      const [seen] = (await alice.pixels([below])) ?? [];
      return seen !== undefined && !isNear(seen, blue, 60) && Math.max(...seen) < 90;
    });

    await dave.enter();
    for (const who of stay) await who.sees(dave.id, yellow);
    await sleep(500);
    const { longestMs: machineMs } = await hiccups.take();
    await hiccups.stop();
    stay.forEach(({ id, name }, index) => {
      const before = quiet[index]!;
      const after = house.server.sentTo(id).slice(from[index]! + before.length - 1);
      expect(before.length).toBeGreaterThan(10);
      sameGaps(name, longestGap(after), { quietMs: longestGap(before), machineMs });
    });
    for (const { page } of stay) {
      const pixels = await page.evaluate(() => document.querySelector('video')!.videoWidth);
      expect(pixels).toBe(1280);
    }
  });
});
