import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeClip } from '../../harness/clips.ts';
import { type Colour, decode, onsets, peak, pictureAt, probe, tones } from '../../harness/judge.ts';
import { runMix, scratchFolder } from './run-mix.ts';

const folder = scratchFolder('three-clips');
afterAll(() => folder[Symbol.dispose]());

let alice: string;
let bob: string;
let carol: string;
beforeAll(async () => {
  [alice, bob, carol] = await Promise.all([
    makeClip(folder.path, {
      seconds: 4,
      container: 'webm',
      video: { picture: 'quadrants', size: [320, 180], fps: 30 },
      audio: { tone: 440 },
    }),
    makeClip(folder.path, {
      seconds: 4,
      container: 'mp4',
      video: { picture: '#2060c0', size: [640, 360] },
      audio: { tone: 660, sampleRate: 44_100 },
    }),
    makeClip(folder.path, { seconds: 4, container: 'wav', audio: { tone: 880, channels: 1 } }),
  ]);
});

const near = (colour: Colour, wanted: Colour) => {
  const off = colour.map((value, index) => Math.abs(value - wanted[index]!));
  expect(Math.max(...off), `${colour.join()} is not ${wanted.join()}`).toBeLessThan(20);
};

it('three clips become one: size, rate and length as asked for, everybody in place, all to be heard', async () => {
  const output = join(folder.path, 'out.mp4');
  const { code, stdout, stderr } = await runMix(
    ...[`${alice},name=Alice`, `${bob},name=Bob`, `${carol},name=Carol`],
    ...['-o', output, '--size', '640x360', '--fps', '25', '--bitrate', '800', '--json', '--quiet'],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as Record<string, unknown>;
  expect(report).toMatchObject({
    ...{ output, width: 640, height: 360, fps: 25 },
    participants: [{ name: 'Alice' }, { name: 'Bob' }, { name: 'Carol' }],
  });
  expect(report['realtimeFactor']).toBeCloseTo(
    Number(report['durationSeconds']) / Number(report['elapsedSeconds']),
    6,
  );

  const { video, audio, durationSeconds } = await probe(output);
  expect(video).toMatchObject({ codec: 'h264', width: 640, height: 360, fps: 25 });
  expect(video?.frames).toBe(report['frames']);
  expect(audio).toMatchObject({ codec: 'aac', sampleRate: 48_000 });
  for (const length of [durationSeconds, audio?.durationSeconds, report['durationSeconds']]) {
    expect(Math.abs(Number(length) - 4)).toBeLessThan(1 / 25);
  }
  expect((await decode(output)).errors).toEqual([]);

  const picture = await pictureAt(output, { seconds: 2 });
  // Alice is above at the left, Bob at the right, and Carol, below in the middle, has no video.
  near(picture.colourAt(60, 40, 40, 20), [255, 0, 0]);
  near(picture.colourAt(220, 40, 40, 20), [0, 255, 0]);
  near(picture.colourAt(220, 110, 40, 20), [255, 255, 255]);
  near(picture.colourAt(450, 80, 60, 20), [0x20, 0x60, 0xc0]);
  near(picture.colourAt(180, 200, 40, 20), [0x26, 0x2a, 0x31]);

  // -12 dB each, as in the clips.
  const levels = await tones(output, [440, 660, 880, 1000], { from: 0.5, to: 3.5 });
  for (const level of levels.slice(0, 3)) expect(Math.abs(level + 12)).toBeLessThan(1);
  expect(levels[3]).toBeLessThan(-50);
  expect((await peak(output)).clipped).toBe(0);
});

it('a clip that joins late stays in sync, whatever its rates', async () => {
  const clip = await makeClip(folder.path, {
    seconds: 6,
    container: 'mkv',
    video: { picture: '#202020', fps: 30 },
    audio: { tone: 0, sampleRate: 44_100 },
    marks: 2,
  });
  const output = join(folder.path, 'late.mkv');
  const { code, stderr } = await runMix(
    `${carol},muted`,
    `${clip},at=1.23`,
    ...['-o', output, '--size', '640x360', '--quiet', '--no-labels'],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { flashes, beeps, offsets } = await onsets(output, {
    ...{ x: 340, y: 110, width: 280, height: 140 },
  });
  expect(flashes.map((second) => Math.round(second * 10) / 10)).toEqual([2.2, 4.2, 6.2]);
  beeps.forEach((second, index) => {
    expect(Math.abs(second - (2.23 + 2 * index))).toBeLessThan(0.01);
  });
  for (const offset of offsets) expect(Math.abs(offset)).toBeLessThanOrEqual(0.04);
});

it('a picture is one moment of the video, and a .wav its sound', async () => {
  const common = [`${alice},name=Alice`, `${bob},name=Bob`, '--size', '640x360', '--quiet'];
  const paths = ['out.png', 'out.mkv', 'out.wav'].map((name) => join(folder.path, name));
  const [png, mkv, wav] = paths as [string, string, string];
  expect(await runMix(...common, '-o', png, '--at', '2')).toMatchObject({ code: 0, stderr: '' });
  expect(await runMix(...common, '-o', wav)).toMatchObject({ code: 0, stderr: '' });
  expect(await runMix(...common, '-o', mkv, '--bitrate', '4000')).toMatchObject({ code: 0 });

  const [still, moving] = [
    await pictureAt(png, { frame: 0 }),
    await pictureAt(mkv, { seconds: 2 }),
  ];
  let difference = 0;
  still.pixels.forEach((value, index) => (difference += Math.abs(value - moving.pixels[index]!)));
  expect(difference / still.pixels.length).toBeLessThan(3);

  const sound = await probe(wav);
  expect(sound).toMatchObject({ video: null, audio: { codec: 'pcm_s16le', sampleRate: 48_000 } });
  expect(Math.abs(sound.durationSeconds! - 4)).toBeLessThan(1 / 25);
  const levels = await tones(wav, [440, 660], { from: 0.5, to: 3.5 });
  for (const level of levels) expect(Math.abs(level + 12)).toBeLessThan(0.5);
  expect(existsSync(png)).toBe(true);
});
