import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { beepHz } from '../harness/clips.ts';
import { isNear, type Person } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { openHouse } from '../harness/house.ts';
import { decode, onsets, pictureAt, probe, tones } from '../harness/judge.ts';
import type { Rgb } from '../harness/probes.ts';
import { ask, mediaOf, reach, record, type Recording, stop } from '../harness/recordings.ts';
import { sleep, until } from '../harness/until.ts';

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

  /** Everything the file must be, whatever happened in the call. */
  const judge = async (recording: Recording): Promise<string> => {
    const file = mediaOf(data, recording.id);
    const probed = await probe(file);
    expect(probed.container).toContain('mp4');
    expect(probed.video).toMatchObject({ codec: 'h264', width: 1280, height: 720 });
    expect(probed.audio).toMatchObject({ codec: 'aac', sampleRate: 48_000 });
    expect(Math.abs(probed.durationSeconds! - recording.durationSeconds)).toBeLessThan(0.1);
    const { video, audio } = probed;
    expect(Math.abs(video!.durationSeconds! - audio!.durationSeconds!)).toBeLessThan(0.1);
    expect((await decode(file)).errors).toEqual([]);
    return file;
  };

  /** The colour in the middle of somebody's tile, at a time of the file. */
  const colourIn = async (file: string, frame: number, who: Person, id: string): Promise<Rgb> => {
    const { x, y, width, height } = who.tileOf(id)!;
    const picture = await pictureAt(file, { frame });
    return [...picture.colourAt(x + (width >> 1) - 4, y + (height >> 1) - 4, 8, 8)];
  };

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
    await until(() => alice.tileOf(carol.id) !== undefined, 5000);
    const askedAt = performance.now();
    const started = await record(house.server, 'three');
    const began = performance.now();
    // Everybody is told, and who comes later too.
    await until(() => bob.last('recording')?.state === 'active', 5000);
    expect(bob.last('recording')).toMatchObject({ id: started.id });
    const dave = await house.attend('three', 'Dave');
    const { room } = await dave.next('joined');
    expect(room.recording).toEqual({ id: started.id, state: 'active' });
    await dave.close();
    await sleep(6000 - (performance.now() - began));
    // Then only beeps are heard; what a browser makes of the same composite and sound, at the same time.
    for (const who of [alice, bob]) await who.press('Mute');
    const live = median(await bob.lipSync(carol.id, 7));
    await sleep(15_000 - (performance.now() - began));
    const askedSeconds = (performance.now() - askedAt) / 1000;
    const recording = await stop(house.server, started.id);
    expect(recording).toMatchObject({ state: 'complete', reason: 'stopped', room: 'three' });
    // From being asked for to the first picture.
    const lateSeconds = askedSeconds - recording.durationSeconds;
    console.log(`the first picture came after ${lateSeconds.toFixed(2)} s`);
    expect(lateSeconds).toBeLessThan(1);
    expect(lateSeconds).toBeGreaterThan(-0.5);
    expect(recording.participants.map(({ name }) => name).sort()).toEqual([
      'Alice',
      'Bob',
      'Carol',
      'Dave',
    ]);

    const file = await judge(recording);
    const { video } = await probe(file);
    expect(video!.fps).toBeGreaterThan(23.5);
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
    expect(Math.abs(recorded - live)).toBeLessThan(60);

    const page = await house.browser.newPage();
    await page.goto(house.server.url);
    const seen = await page.evaluate(playAndSeek, recording.media!);
    await page.close();
    expect(seen.duration).toBeCloseTo(recording.durationSeconds, 0);
    expect(seen.times.map((time) => Math.round(time))).toEqual([7, 2]);
    expect(seen.error).toBeNull();
  });

  it('goes on when the room process is killed, in one file', async () => {
    const alice = await house.join('killed', 'Alice', person(red, 440));
    await alice.sees(alice.id, red);
    const started = await record(house.server, 'killed');
    await sleep(4000);
    const roomPid = house.server.log.findLast(
      ({ msg, room }) => msg === 'room process started' && room === 'killed',
    )!['roomPid'] as number;
    process.kill(roomPid, 'SIGKILL');
    await until(() => alice.last('reset') !== undefined, 5000);
    const { log } = house.server;
    log.splice(
      log.findIndex(({ msg }) => msg === 'room process died'),
      1,
    );
    const isTiled = (): boolean => {
      const reset = alice.received.findLastIndex(({ type }) => type === 'reset');
      return alice.received.slice(reset).some(({ type }) => type === 'layout');
    };
    await until(isTiled, 10_000);
    await alice.sees(alice.id, red);
    await sleep(3000);
    const recording = await stop(house.server, started.id);
    expect(recording).toMatchObject({ state: 'complete', reason: 'stopped' });
    expect(recording.durationSeconds).toBeGreaterThan(7);
    const file = await judge(recording);
    const { video } = await probe(file);
    for (const frame of [25, video!.frames - 10]) {
      expect(isNear(await colourIn(file, frame, alice, alice.id), red)).toBe(true);
    }
    const [early] = await tones(file, [440], { from: 1, to: 3 });
    const [late] = await tones(file, [440], {
      from: recording.durationSeconds - 2,
      to: recording.durationSeconds - 0.5,
    });
    expect(late! - early!).toBeGreaterThan(-6);
  });

  it('stays of one size and valid through joins, leaves, layouts, a share and low quality', async () => {
    const alice = await house.join('busy', 'Alice', person(red, 440));
    await alice.sees(alice.id, red);
    await alice.chooses('Low');
    await until(() => alice.last('quality')?.rung === 'low', 10_000);
    const started = await record(house.server, 'busy');
    const bob = await house.join('busy', 'Bob', person(green, 750));
    await bob.chooses('Low');
    await until(() => bob.last('layout')?.tiles.length === 2, 5000);
    await sleep(1000);
    for (const layout of ['speaker', 'pip', 'single', 'auto']) {
      const { status } = await ask(house.server, 'PATCH', '/rooms/busy', { layout });
      expect(status).toBe(200);
      await until(() => alice.last('layout')?.mode === layout || layout === 'auto', 5000);
      await sleep(700);
    }
    const sharer = await house.attend('busy', 'Sharer');
    sharer.send({ type: 'media', audio: false, video: true, source: 'screen' });
    const { id: shared } = (await sharer.next('participant')).participant;
    // Large, in the middle of what is shared.
    await until(() => (alice.tileOf(shared)?.width ?? 0) > 800, 5000);
    await sleep(700);
    await sharer.close();
    await bob.press('Leave');
    await until(() => alice.last('layout')?.tiles.length === 1, 10_000);
    await sleep(1000);
    await alice.press('Leave');
    // The last one has left.
    const recording = await reach(house.server, started.id, ['complete', 'interrupted', 'failed']);
    expect(recording).toMatchObject({ state: 'complete', reason: 'room-empty' });
    const file = await judge(recording);
    const shown = execFileSync('ffprobe', [
      ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width,height'],
      ...['-of', 'csv=p=0', file],
    ]).toString();
    // Some lines have side data behind the size.
    const sizes = shown.match(/^\d+,\d+/gm) ?? [];
    expect(sizes.length).toBeGreaterThan(50);
    expect(new Set(sizes)).toEqual(new Set(['1280,720']));
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
