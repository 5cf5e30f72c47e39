import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
import { beepHz } from '../harness/clips.ts';
import { isNear } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { openHouse } from '../harness/house.ts';
import { onsets, probe, tones } from '../harness/judge.ts';
import type { Rgb } from '../harness/probes.ts';
import { colourIn, judgeRecording } from '../harness/recorded.ts';
import { record, stop } from '../harness/recordings.ts';
import { patienceMs, sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const blue: Rgb = [40, 60, 210];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const person = (colour: Rgb, tone: number): FakeMedia => ({ colour: css(colour), tone, fps: 15 });
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe('a recorded call of real browsers', () => {
  const data = mkdtempSync(join(tmpdir(), 'data-'));
  const house = openHouse({ ONEGRID_DATA_DIR: data });

  afterAll(() => {
    rmSync(data, { recursive: true });
  });

  it('has all three in their places and all they said, with lips and sound together, and plays and seeks', async () => {
    const alice = await house.join('three', 'Alice', person(red, 440));
    const bob = await house.join('three', 'Bob', person(green, 750));
    const carol = await house.join('three', 'Carol', {
      ...person(blue, beepHz),
      flashes: true,
      fps: 25,
    });
    for (const [who, colour] of [
      [alice, red],
      [bob, green],
    ] as const) {
      await carol.sees(who.id, colour);
    }
    await until(() => alice.tileOf(carol.id) !== undefined);
    const askedAt = performance.now();
    const started = await record(house.server, 'three');
    const began = performance.now();
    // Everybody is told, and who comes later too.
    await until(() => bob.last('recording')?.state === 'active');
    expect(bob.last('recording')).toMatchObject({ id: started.id });
    const dave = await house.attend('three', 'Dave');
    const { room } = await dave.next('joined');
    expect(room.recording).toEqual({ id: started.id, state: 'active' });
    await dave.close();
    await sleep(6000 - (performance.now() - began));
    // Then only beeps are heard; what a browser makes of the same composite and sound, at the same time.
    for (const who of [alice, bob]) await who.press('Mute');
    let seenLive: number[] = [];
    await until(
      async () => {
        seenLive = await bob.lipSync(carol.id, 7);
        return seenLive.length >= 3;
      },
      () => `Bob should see flashes and hear beeps, ${String(seenLive.length)} of 7`,
    );
    const live = median(seenLive);
    await sleep(15_000 - (performance.now() - began));
    const askedSeconds = (performance.now() - askedAt) / 1000;
    const recording = await stop(house.server, started.id);
    const stoppedSeconds = (performance.now() - askedAt) / 1000;
    expect(recording).toMatchObject({ state: 'complete', reason: 'stopped', room: 'three' });
    // From being asked for to the first picture.
    const lateSeconds = askedSeconds - recording.durationSeconds;
    withinBar('the first picture', lateSeconds * 1000, 1000);
    expect(recording.durationSeconds).toBeLessThan(stoppedSeconds + 0.5);
    expect(recording.participants.map(({ name }) => name).sort()).toEqual([
      'Alice',
      'Bob',
      'Carol',
      'Dave',
    ]);

    const file = await judgeRecording(data, recording, { width: 1280, height: 720 });
    const { video } = await probe(file);
    const late = video!.frames - 30;
    expect(isNear(await colourIn(file, late, alice, alice.id), red)).toBe(true);
    expect(isNear(await colourIn(file, late, alice, bob.id), green)).toBe(true);
    const span = { from: 1.5, to: 5 };
    const [ofAlice, ofBob, nobody] = await tones(file, [440, 750, 1130], span);
    expect(ofAlice! - nobody!).toBeGreaterThan(20);
    expect(ofBob! - nobody!).toBeGreaterThan(20);

    const { x, y, width, height } = alice.tileOf(carol.id)!;
    const middle = { x: x + (width >> 2), y: y + (height >> 2), width: width >> 1, height: 40 };
    const { offsets } = await onsets(file, middle);
    expect(offsets.length).toBeGreaterThan(8);
    const recorded = 1000 * median(offsets.slice(-7));
    console.log(
      `sound ${recorded.toFixed(0)} ms behind the picture in the recording, ${live.toFixed(0)} in a browser`,
    );
    withinBar('recorded and live apart', Math.abs(recorded - live), 60);

    const page = await house.browser.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(house.server.url);
    const seen = await page.evaluate(playAndSeek, recording.media!);
    await page.close();
    expect(seen.duration).toBeCloseTo(recording.durationSeconds, 0);
    expect(seen.times.map((time) => Math.round(time))).toEqual([7, 2]);
    expect(seen.error).toBeNull();
  });
});

/** Runs in the page: plays a file, and seeks in it. */
async function playAndSeek(
  url: string,
): Promise<{ duration: number; times: number[]; error: string | null }> {
  const video = document.createElement('video');
  video.muted = true;
  video.src = url;
  document.body.append(video);
  const event = (name: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      video.addEventListener('error', () => {
        reject(new Error(video.error?.message));
      });
    });
  try {
    await event('canplay');
    await video.play();
    await event('timeupdate');
    // It would go on from where it was sought.
    video.pause();
    const times: number[] = [];
    for (const time of [7, 2]) {
      const seeked = event('seeked');
      video.currentTime = time;
      await seeked;
      times.push(video.currentTime);
    }
    return { duration: video.duration, times, error: null };
  } catch (error) {
    return { duration: video.duration, times: [], error: String(error) };
  }
}
