import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip, type ClipOptions } from '../../harness/clips.ts';
import { coloursOf, pictureAt, probe, tones } from '../../harness/judge.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'clips-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const face = { picture: 'face' } as const;
const tone = { tone: 440 } as const;
const make = (options: Omit<ClipOptions, 'seconds'>): Promise<string> =>
  makeClip(folder, { seconds: 1, ...options });

// Many runs of ffmpeg, on a machine that may have more to do.
describe('a clip', { timeout: 60_000 }, () => {
  it.each([
    ['mp4', 'hevc', 'aac'],
    ['mkv', 'av1', 'flac'],
    ['webm', 'vp9', 'vorbis'],
  ] as const)('of a kind that was asked for: %s, %s and %s', async (container, video, audio) => {
    const file = await make({
      container,
      video: { ...face, codec: video, size: [256, 144], fps: 30 },
      audio: { ...tone, codec: audio, sampleRate: 44_100, channels: 1 },
    });
    expect(await probe(file)).toMatchObject({
      video: { codec: video, width: 256, height: 144, fps: 30, frames: 30 },
      audio: { codec: audio, sampleRate: 44_100, channels: 1 },
    });
  });

  it.each(['mp4', 'mov', 'mkv', 'webm', 'ts', 'avi'] as const)(
    'has picture and sound in a %s if nothing else is said',
    async (container) => {
      const { video, audio } = await probe(await make({ container, video: face, audio: tone }));
      expect(video).toMatchObject({ width: 320, height: 180, fps: 25 });
      expect(audio).toMatchObject({ sampleRate: 48_000, channels: 2 });
    },
  );

  it.each(['gif', 'png', 'jpg', 'webp'] as const)('may be a %s', async (container) => {
    const file = await make({ container, video: { picture: '#c04020' } });
    const { video, audio } = await probe(file);
    expect(audio).toBeNull();
    expect(video).toMatchObject({ width: 320, height: 180, frames: container === 'gif' ? 25 : 1 });
    const [red, green, blue] = (await pictureAt(file, { frame: 0 })).colourAt(0, 0, 320, 180);
    expect(Math.abs(red - 0xc0) + Math.abs(green - 0x40) + Math.abs(blue - 0x20)).toBeLessThan(9);
  });

  it.each(['wav', 'mp3', 'm4a', 'ogg', 'flac'] as const)('may be a %s', async (container) => {
    const file = await make({ container, audio: { tone: 440, channels: 1, sampleRate: 24_000 } });
    expect((await probe(file)).video).toBeNull();
    const [heard, other] = await tones(file, [440, 880]);
    expect(heard).toBeCloseTo(-12, 0);
    expect(other).toBeLessThan(-60);
  });

  it('is turned as phones do it: pixels as they are, and a note to turn them', async () => {
    for (const rotation of [90, 180, 270] as const) {
      const file = await make({ video: { picture: 'quadrants', rotation } });
      expect((await probe(file)).video).toMatchObject({ width: 320, height: 180, rotation });
      const picture = await pictureAt(file, { frame: 0 });
      expect(picture.width).toBe(rotation === 180 ? 320 : 180);
      // Red begins above left, and goes around with the clock.
      const [x, y] = { 90: [1, 0], 180: [1, 1], 270: [0, 1] }[rotation] as [number, number];
      const [halfWidth, halfHeight] = [picture.width / 2, picture.height / 2];
      const colour = picture.colourAt(x * halfWidth + 20, y * halfHeight + 20, 40, 40);
      expect(colour.map((value) => Math.round(value / 255))).toEqual([1, 0, 0]);
    }
  });

  it('counts its frames, if it is to', async () => {
    const file = await make({ video: { picture: 'counter', size: [64, 36] } });
    const greys = await coloursOf(file, { x: 8, y: 8, width: 48, height: 20 });
    // Luma in 16…235 seen as 0…255.
    expect(greys.map(([red]) => Math.round((red * 219) / 255 / 4))).toEqual([...Array(25).keys()]);
  });

  it('begins late, in picture and sound, if it is to', async () => {
    const video = { ...face, startsAt: 0.4 };
    const probed = await probe(await make({ video, audio: { ...tone, startsAt: 0.6 } }));
    expect(probed.video!.frames).toBe(15);
    expect(probed.video!.startSeconds).toBeCloseTo(0.4, 2);
    // Less what the decoder of AAC leaves out at its beginning.
    expect(probed.audio!.startSeconds).toBeCloseTo(0.6, 1);
  });

  it('leaves out frames at irregular distances, and has the others at their times', async () => {
    const probed = await probe(await make({ video: { ...face, variableFrameRate: true } }));
    expect(probed.video!.frames).toBe(16);
    expect(probed.video!.durationSeconds).toBeCloseTo(1, 1);
  });

  it('differs from another with another seed', async () => {
    for (const picture of ['testsrc2', 'life'] as const) {
      const [a, b] = await Promise.all(
        [1, 2].map(async (seed) => {
          const file = await make({ video: { picture, seed, noise: 5 } });
          return (await pictureAt(file, { frame: 20 })).pixels;
        }),
      );
      expect(a!.equals(b!)).toBe(false);
    }
  });

  it('is made once, in the folder of its caller, and leaves nothing half-done there', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    const options: ClipOptions = { seconds: 0.2, video: face };
    const first = await makeClip(own, options);
    const { mtimeMs } = statSync(first);
    expect(await makeClip(own, options)).toBe(first);
    expect(statSync(first).mtimeMs).toBe(mtimeMs);
    await expect(makeClip(own, { ...options, container: 'wav' })).rejects.toThrow('no picture');
    const impossible = { ...options, video: { ...face, options: ['-no_such_option', '1'] } };
    await expect(makeClip(own, impossible)).rejects.toThrow('no_such_option');
    expect(readdirSync(own)).toHaveLength(1);
  });
});
