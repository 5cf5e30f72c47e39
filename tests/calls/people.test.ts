import { describe, expect, it } from 'vitest';
import { isNear, type Person } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { openHouse } from '../harness/house.ts';
import type { Rgb } from '../harness/probes.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const blue: Rgb = [40, 60, 210];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const tones = { alice: 440, bob: 750 };

const person = (colour: Rgb, tone: number): FakeMedia => ({ colour: css(colour), tone, fps: 10 });

describe('people in a call of real browsers', () => {
  // Points of tiles are looked at: they are to be large. Encoders are counted: no load on this machine may ask for another quality.
  const house = openHouse({ ONEGRID_CANVAS: '1280x720', ONEGRID_RUNGS: 'high' });

  it('takes people with sound only, picture only, and neither', async () => {
    const tone = 620;
    const listener = await house.join('partial', 'Listener', {});
    const speaker = await house.join('partial', 'Speaker', { tone });
    // Sound only, from the very first second: no picture has ever come from anybody.
    await until(async () => (await listener.hears([tone]))[0]! > -60);
    const silent = await house.join('partial', 'Silent', { colour: css(green), fps: 10 });
    for (const who of [listener, speaker, silent]) {
      await who.sees(silent.id, green);
      await until(() => who.last('layout')?.tiles.length === 3);
      // The others show their initials on a colour, which is neither background nor a camera.
      for (const other of [listener, speaker]) {
        await until(
          async () => (await placeholderSpread(who, other.id)) > 60,
          () => `${who.name} should see initials of ${other.name}`,
        );
      }
    }
    await until(async () => (await silent.hears([tone]))[0]! > -60);
    expect((await speaker.hears([tone]))[0]).toBeLessThan(-80);
  });

  it('encodes the sound of one speaker among six at most twice', async () => {
    await house.join('six', 'Speaker', { tone: 500 });
    const listener = await house.join('six', 'Listener', { tone: 0 });
    house.crowd({ room: 'six', participants: 4, speakers: 0, size: '160x90', fps: 5 });
    await until(() => listener.last('layout')?.tiles.length === 6);
    await until(async () => (await listener.hears([500]))[0]! > -60);
    const encoders: number[] = [];
    // One while the speaker takes breath: a page that gets no processor time does.
    await until(async () => {
      encoders.push(await house.server.metricSum('onegrid_audio_encoders'));
      await sleep(200);
      return encoders.length >= 10 && encoders.includes(2);
    });
    expect(Math.max(...encoders)).toBe(2);
    await until(async () => (await house.server.metricSum('onegrid_video_encoders')) === 1);
  });

  it('shows who speaks large where the room asks for it, and whose hand is raised', async () => {
    const alice = await house.join('speaker', 'Alice', { colour: css(red), tone: 0 });
    const bob = await house.join('speaker', 'Bob', { colour: css(blue), tone: 'speech' });
    const carol = await house.attend('speaker', 'Carol');
    carol.send({ type: 'layout', mode: 'speaker', pinned: null });
    carol.send({ type: 'hand', raised: true });
    await until(() => alice.last('layout')?.mode === 'speaker');
    await until(
      () => alice.last('layout')?.tiles[0]?.participantId === bob.id,
      () => `large is ${String(alice.last('layout')?.tiles[0]?.participantId)}`,
    );
    const [large, ...others] = alice.last('layout')!.tiles;
    expect(large!.width).toBeGreaterThan(4 * others[0]!.width);
    expect(others.map(({ participantId }) => participantId)).toEqual([alice.id, carol.id]);
    await alice.sees(bob.id, blue);
    await alice.sees(alice.id, red);
    // The badge is amber, in the upper left corner; the rest of the tile is the initials' dark ground.
    const isAmber = ([r, g, b]: Rgb): boolean => r > 150 && g > 100 && b < 110;
    let seen: Rgb[] | null = null;
    await until(
      async () => {
        seen = await alice.coloursIn(carol.id, [
          [0.06, 0.14],
          [0.9, 0.14],
        ]);
        return seen !== null && isAmber(seen[0]!) && !isAmber(seen[1]!);
      },
      () => `the corners are ${String(seen)}`,
    );
  });

  it('shows what an upright phone sends upright', async () => {
    const phone: FakeMedia = { colour: 'blue', phone: true, width: 320, height: 240, fps: 10 };
    const alice = await house.join('phone', 'Alice', phone);
    const bob = await house.join('phone', 'Bob', {});
    const seen = (): Promise<Rgb[] | null> =>
      bob.coloursIn(alice.id, [
        [0.2, 0.2],
        [0.2, 0.8],
        [0.8, 0.2],
        [0.8, 0.8],
      ]);
    const white: Rgb = [255, 255, 255];
    const pureBlue: Rgb = [0, 0, 255];
    await until(
      async () => {
        const colours = await seen();
        return (
          colours?.every((colour, index) => isNear(colour, index < 2 ? pureBlue : white)) ?? false
        );
      },
      async () => JSON.stringify(await seen()),
    );
  });

  it('switches sound and picture off and on', async () => {
    const alice = await house.join('switch', 'Alice', person(red, tones.alice));
    const bob = await house.join('switch', 'Bob', person(green, tones.bob));
    await bob.sees(alice.id, red);
    await until(async () => (await bob.hears([tones.alice]))[0]! > -60);
    await alice.press('Stop video');
    await until(async () => !isNear((await bob.colourOf(alice.id)) ?? red, red));
    await alice.press('Start video');
    await bob.sees(alice.id, red);
    await alice.press('Mute');
    await until(async () => (await bob.hears([tones.alice]))[0]! < -80);
    await alice.press('Unmute');
    await until(async () => (await bob.hears([tones.alice]))[0]! > -60);
  });
});

/** How much the brightness differs over a tile's middle: letters on a colour differ, a plain area does not. */
async function placeholderSpread(who: Person, id: string): Promise<number> {
  const places = Array.from({ length: 24 }, (_, i): [number, number] => [0.38 + 0.01 * i, 0.45]);
  const sums = ((await who.coloursIn(id, places)) ?? []).map(([r, g, b]) => r + g + b);
  return Math.max(...sums) - Math.min(...sums);
}
