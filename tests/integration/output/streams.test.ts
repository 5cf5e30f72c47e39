import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { pbkdf2 } from 'node:crypto';
import { readFileSync, renameSync, mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import { openOutput, outputKindOf } from '../../../mixer/output/index.ts';
import {
  brightness,
  checksums,
  complaints,
  frameTimes,
  keyframeTimes,
  probe,
  rgb,
  sound,
} from './judge.ts';
import { feed, noise, numbered, toYuv, usual, useFolder } from './scene.ts';

Log.setLevel(AV_LOG_ERROR);

const folder = useFolder();
const hash = promisify(pbkdf2);
const tone = (seconds: number) => 0.5 * Math.sin(2 * Math.PI * 440 * seconds);

/** Kinds with pictures and sound, and what they are made of. */
const kinds = [
  ['mp4', 'h264', 'aac'],
  ['mkv', 'h264', 'aac'],
  ['webm', 'vp9', 'opus'],
  ['m3u8', 'h264', 'aac'],
] as const;

it.each([
  ['out.mp4', 'mp4'],
  ['a/b.c/OUT.WebM', 'webm'],
  ['out.mp4.m3u8', 'm3u8'],
  ['out.avi', null],
  ['mp4', null],
  ['.mp4', null],
])('takes the kind of %s from its extension: %s', (path, kind) => {
  expect(outputKindOf(path)).toBe(kind);
});

describe.each(kinds)('%s', (kind, videoCodec, audioCodec) => {
  it('has the streams that were asked for, and decodes without a word', async () => {
    const path = folder.at(`out.${kind}`);
    const output = await openOutput(path, usual);
    await feed(output, 73, { draw: numbered, sample: tone });
    await output.finish();

    const { video, audio, duration } = await probe(path);
    expect(video).toMatchObject({
      codec_name: videoCodec,
      width: 320,
      height: 180,
      pix_fmt: 'yuv420p',
      avg_frame_rate: '25/1',
      nb_read_frames: '73',
      color_range: 'tv',
    });
    expect(audio).toMatchObject({ codec_name: audioCodec, sample_rate: '48000', channels: 1 });
    expect(Math.abs(duration - 73 / 25)).toBeLessThan(1 / 25);
    expect(await complaints(path)).toBe('');
  });

  it('shows every picture in its place, also where the same or none was given', async () => {
    const path = folder.at(`out.${kind}`);
    const output = await openOutput(path, usual);
    await feed(
      {
        ...output,
        audio: (samples) => output.audio(samples),
        // 5 and 6 are left out.
        video: async (frame, index) => {
          if (index !== 5 && index !== 6) await output.video(frame, index);
        },
      },
      20,
      // 10 and 11 are the same picture.
      { draw: (canvas, index) => numbered(canvas, index === 11 ? 10 : index) },
    );
    await output.finish();

    const shown = [0, 1, 2, 3, 4, 4, 4, 7, 8, 9, 10, 10, 12, 13, 14, 15, 16, 17, 18, 19];
    const found = await brightness(path);
    expect(found).toHaveLength(20);
    shown.forEach((index, place) => {
      const grey = 20 + ((index * 37) % 200);
      expect(Math.abs(found[place]! - grey), `picture ${String(place)}`).toBeLessThan(5);
    });
  });

  it('shows a flash when it sounds', async () => {
    const path = folder.at(`out.${kind}`);
    const output = await openOutput(path, usual);
    const flash = 31;
    await feed(output, 50, {
      draw: (canvas, index) =>
        canvas.fill({ x: 0, y: 0, width: 320, height: 180 }, [
          index === flash ? 235 : 16,
          128,
          128,
        ]),
      sample: (seconds) =>
        seconds >= flash / 25 && seconds < (flash + 1) / 25
          ? Math.sin(2 * Math.PI * 1000 * (seconds - flash / 25))
          : 0,
    });
    await output.finish();

    const seenAt = (await frameTimes(path, 'v'))[
      (await brightness(path)).findIndex((grey) => grey > 128)
    ]!;
    const [soundStart] = await frameTimes(path, 'a');
    const heardAt = soundStart! + (await sound(path)).findIndex((level) => level > 0.4) / 48_000;
    expect(Math.abs(heardAt - seenAt)).toBeLessThan(0.003);
  });

  it.each(['bt601', 'bt709'] as const)('shows colours as they were, in %s', async (matrix) => {
    const colour = [220, 40, 60] as const;
    const path = folder.at(`out.${kind}`);
    const output = await openOutput(path, { ...usual, matrix });
    await feed(output, 5, {
      draw: (canvas) => canvas.fill({ x: 0, y: 0, width: 320, height: 180 }, toYuv(colour, matrix)),
    });
    await output.finish();

    const name = matrix === 'bt601' ? 'smpte170m' : 'bt709';
    expect((await probe(path)).video).toMatchObject({
      color_range: 'tv',
      color_space: name,
      color_primaries: name,
      color_transfer: name,
    });
    const middle = (2 * 320 * 180 + 90 * 320 + 160) * 3;
    const shown = [...(await rgb(path)).subarray(middle, middle + 3)];
    shown.forEach((value, channel) => {
      expect(Math.abs(value - colour[channel]!)).toBeLessThanOrEqual(4);
    });
  });

  it('decodes to the same pictures and sound however fast they came', async () => {
    const sums = [];
    for (const pace of [0, 7]) {
      const path = folder.at(`${String(pace)}.${kind}`);
      const output = await openOutput(path, usual);
      await feed(
        {
          ...output,
          audio: (samples) => output.audio(samples),
          video: async (frame, index) => {
            await new Promise((resolve) => setTimeout(resolve, (index % 3) * pace));
            await output.video(frame, index);
          },
        },
        40,
        { draw: noise, sample: tone },
      );
      await output.finish();
      sums.push(await checksums(path));
    }
    expect(sums[0]!.split('\n').length).toBeGreaterThan(80);
    expect(sums[1]).toBe(sums[0]);
  });
});

it('counts 29.97 pictures a second as television does', async () => {
  const path = folder.at('out.mp4');
  const options = { ...usual, fps: 29.97 };
  const output = await openOutput(path, options);
  await feed(output, 60, {}, options);
  await output.finish();
  const { video, duration } = await probe(path);
  expect(video).toMatchObject({ avg_frame_rate: '30000/1001', nb_read_frames: '60' });
  expect(Math.abs(duration - (60 * 1001) / 30_000)).toBeLessThan(0.002);
});

it('writes an mp4 that plays while it loads, with a keyframe at least every two seconds', async () => {
  const path = folder.at('out.mp4');
  const output = await openOutput(path, usual);
  await feed(output, 120);
  await output.finish();
  const bytes = readFileSync(path);
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  expect(await keyframeTimes(path)).toEqual([0, 2, 4]);
});

it('takes five pictures while none is encoded, and no more', async () => {
  const output = await openOutput(folder.at('out.mp4'), usual);
  const canvas = new Canvas(usual.width, usual.height);
  // Encoding is done on libuv's threads: now they are all busy.
  const busy = Array.from({ length: 8 }, () => hash('password', 'salt', 300_000, 64, 'sha512'));
  let [taken, freed] = [0, false];
  void Promise.any(busy).then(() => (freed = true));
  const takenMeanwhile: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    await output.video(canvas.frame, index);
    taken += 1;
    if (!freed) takenMeanwhile.push(taken);
  }
  expect(takenMeanwhile).toEqual([1, 2, 3, 4, 5]);
  await Promise.all(busy);
  await output.abandon();
  canvas.close();
});

describe('HLS', () => {
  it('has segments of four seconds that begin with a keyframe, wherever the folder is moved', async () => {
    mkdirSync(folder.at('made'));
    const output = await openOutput(folder.at('made/a talk, 100% #1.m3u8'), usual);
    await feed(output, 250, { sample: tone });
    await output.finish();
    renameSync(folder.at('made'), folder.at('moved'));

    const playlist = folder.at('moved/a talk, 100% #1.m3u8');
    const lines = readFileSync(playlist, 'utf8').split('\n');
    const segments = lines.filter((line) => line.endsWith('.ts'));
    expect(lines.filter((line) => line.startsWith('#EXTINF:'))).toEqual([
      '#EXTINF:4.000000,',
      '#EXTINF:4.000000,',
      '#EXTINF:2.000000,',
    ]);
    expect(lines).toContain('#EXT-X-ENDLIST');
    expect(lines).toContain('#EXT-X-TARGETDURATION:4');
    // Nothing that a URL would need to have escaped.
    for (const name of segments) expect(name).toMatch(/^[\w.-]+$/);
    expect(await complaints(playlist)).toBe('');
    expect((await probe(playlist)).duration).toBeCloseTo(10, 2);
    for (const [index, name] of segments.entries()) {
      const path = folder.at(`moved/${name}`);
      const [first] = await frameTimes(path, 'v');
      expect(await keyframeTimes(path)).toHaveLength(index < 2 ? 2 : 1);
      expect((await keyframeTimes(path))[0]).toBe(first);
    }
  });

  it('replaces a playlist together with its segments', async () => {
    const path = folder.at('out.m3u8');
    for (const pictures of [120, 10]) {
      const output = await openOutput(path, { ...usual, overwrite: true });
      await feed(output, pictures);
      await output.finish();
    }
    expect(folder.list()).toHaveLength(2);
    expect((await probe(path)).video).toMatchObject({ nb_read_frames: '10' });
  });
});
