import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ClipOptions, makeClip } from '../../harness/clips.ts';
import { countOf, countsOf, inputOpener, lumaAt, make, scratchFolder } from './reading.ts';

const folder = scratchFolder();
const open = inputOpener();

type Video = NonNullable<ClipOptions['video']>;

/** A clip whose frame n has the brightness of n modulo 55. */
const counter = (
  seconds: number,
  container: NonNullable<ClipOptions['container']>,
  video: Partial<Video> = {},
): Promise<string> =>
  makeClip(folder, {
    ...{ seconds, container },
    video: { picture: 'counter', size: [96, 64], ...video },
  });

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the pictures of a file', () => {
  it.each([
    ['mp4', 'h264'],
    ['mp4', 'hevc'],
    ['webm', 'vp8'],
    ['webm', 'vp9'],
    ['ts', 'h264'],
    ['avi', 'mpeg4'],
    ['gif', 'gif'],
  ] as const)('are those of every moment: %s with %s', async (container, codec) => {
    const input = await open(await counter(1.2, container, { codec }));
    expect(await countsOf(input, 30)).toEqual(upTo(30));
    expect(input).toMatchObject({ hasVideo: true, hasAudio: false, width: 96, height: 64 });
    expect(input.durationSeconds).toBeCloseTo(1.2, 1);
    expect(input.errors).toBe(0);
  });

  it('are those of every moment: mp4 with av1', async () => {
    // At its usual quality its levels are off by too much.
    const input = await open(await counter(1.2, 'mp4', { codec: 'av1', options: ['-crf', '5'] }));
    expect(await countsOf(input, 30)).toEqual(upTo(30));
  });

  it('come in the order in which they are shown, not in that of the file', async () => {
    const options = ['-preset', 'medium', '-bf', '3', '-b_strategy', '0'];
    const input = await open(await counter(1.2, 'mkv', { options }));
    expect(await countsOf(input, 30)).toEqual(upTo(30));
  });

  it('come when their times say, however irregular these are', async () => {
    const input = await open(await counter(2, 'mp4', { variableFrameRate: true }));
    const isLeftOut = (n: number): boolean => n % 7 === 3 || n % 5 === 1;
    const shown = upTo(45).map((n) => {
      while (isLeftOut(n)) n -= 1;
      return n;
    });
    expect(await countsOf(input, 45)).toEqual(shown);
  });

  it('come in time where a container rounds times to milliseconds', async () => {
    const input = await open(await counter(1, 'webm', { fps: 30 }));
    const shown = [];
    for (const k of upTo(30)) shown.push(countOf(await input.pictureAt(k / 30)));
    expect(shown).toEqual(upTo(30));
  });

  it('are the same object as long as nothing new comes', async () => {
    const input = await open(await counter(1.2, 'mp4'));
    const first = await input.pictureAt(0);
    expect(await input.pictureAt(0)).toBe(first);
    expect(await input.pictureAt(0.03)).toBe(first);
    expect(await input.pictureAt(0.04)).not.toBe(first);
  });

  it('are none before a video that starts late, and the last one after the end', async () => {
    const late = await makeClip(folder, {
      seconds: 3,
      container: 'mkv',
      video: { picture: 'counter', size: [96, 64], startsAt: 1 },
      audio: { tone: 440, codec: 'flac' },
    });
    const input = await open(late);
    expect(await input.pictureAt(0.9)).toBeNull();
    expect(countOf(await input.pictureAt(1))).toBe(25);
    expect(countOf(await input.pictureAt(2))).toBe(50);
    expect(countOf(await input.pictureAt(5))).toBe(74 % 55);
    expect(countOf(await input.pictureAt(500))).toBe(74 % 55);
  });

  it('are there from the start where the first one comes but a frame late', async () => {
    const late = await makeClip(folder, {
      seconds: 1,
      container: 'mkv',
      video: { picture: 'counter', size: [96, 64], startsAt: 0.08 },
      audio: { tone: 440, codec: 'flac' },
    });
    const input = await open(late);
    expect(countOf(await input.pictureAt(0))).toBe(2);
    expect(countOf(await input.pictureAt(0.12))).toBe(3);
  });

  it('are not late for the sake of what comes before the sound', async () => {
    // The muxer moves everything by the 6.5 ms that an Opus decoder needs to get going.
    const input = await open(
      await makeClip(folder, {
        ...{ seconds: 1.2, container: 'webm' },
        video: { picture: 'counter', size: [96, 64] },
        audio: { tone: 440 },
      }),
    );
    expect(await countsOf(input, 30)).toEqual(upTo(30));
    expect(input.durationSeconds).toBeCloseTo(1.2, 3);
  });

  it('start where they are told to', async () => {
    const input = await open(await counter(1.2, 'mp4'), { startSeconds: 0.5 });
    expect(countOf(await input.pictureAt(0))).toBe(12);
    expect(countOf(await input.pictureAt(0.06))).toBe(14);
    expect(input.durationSeconds).toBeCloseTo(0.7, 2);
  });

  it.each(['mp4', 'mkv', 'webm', 'ts', 'avi'] as const)(
    'are the same when they are sought: %s',
    async (container) => {
      const path = await counter(40, container);
      const jumped = await open(path);
      expect(countOf(await jumped.pictureAt(0.4))).toBe(10);
      expect(countOf(await jumped.pictureAt(25.08))).toBe(627 % 55);
      expect(countOf(await jumped.pictureAt(25.12))).toBe(628 % 55);
      expect(countOf(await jumped.pictureAt(1000))).toBe(999 % 55);
      const late = await open(path, { startSeconds: 33.04 });
      expect(countOf(await late.pictureAt(0))).toBe(826 % 55);
      expect(countOf(await late.pictureAt(2))).toBe(876 % 55);
      const gone = await open(path, { startSeconds: 50 });
      expect(gone.durationSeconds).toBe(0);
      expect(gone.endedAt(0)).toBe(true);
    },
  );

  it('tell how long they are where the header does not', async () => {
    const whole = await counter(12, 'webm');
    const live = join(folder, 'live.webm');
    await make(live, '-i', whole, '-c', 'copy', '-f', 'webm', '-live', '1');
    const input = await open(live);
    expect(input.durationSeconds).toBeCloseTo(12, 1);
    expect(input.endedAt(11.9)).toBe(false);
    expect(input.endedAt(12.1)).toBe(true);
  });

  it('may change their size', async () => {
    const small = await counter(1, 'ts');
    const large = await counter(1, 'ts', { size: [128, 80] });
    const later = await make(
      join(folder, 'later.ts'),
      ...['-i', large, '-c', 'copy', '-output_ts_offset', '1'],
    );
    const both = join(folder, 'both.ts');
    writeFileSync(both, Buffer.concat([readFileSync(small), readFileSync(later)]));
    const input = await open(both);
    expect(await input.pictureAt(0.5)).toMatchObject({ width: 96, height: 64 });
    expect(await input.pictureAt(1.5)).toMatchObject({ width: 128, height: 80 });
  });

  it('go on after packets that are damaged, and these are counted', async () => {
    const whole = readFileSync(await counter(4, 'mp4', { noise: 60, options: ['-g', '25'] }));
    const damaged = join(folder, 'damaged.mp4');
    for (let at = whole.length >> 2; at < whole.length >> 1; at += 3000) {
      whole.fill(0x55, at, at + 400);
    }
    writeFileSync(damaged, whole);
    const input = await open(damaged);
    const pictures = new Set();
    for (const k of upTo(100)) pictures.add(await input.pictureAt(k / 25));
    expect(input.errors).toBeGreaterThan(0);
    expect(pictures.size).toBeGreaterThan(60);
    expect(input.durationSeconds).toBeCloseTo(4, 1);
  });
});

describe('a still picture', () => {
  it.each(['png', 'jpg', 'webp', 'gif'] as const)('is there for ever: %s', async (container) => {
    const options = container === 'gif' ? { options: ['-frames:v', '1'] } : {};
    const input = await open(await counter(0.04, container, options));
    expect(input).toMatchObject({ hasVideo: true, hasAudio: false, durationSeconds: Infinity });
    const picture = await input.pictureAt(0);
    expect(picture).toMatchObject({ width: 96, height: 64 });
    expect(await input.pictureAt(100_000)).toBe(picture);
    expect(input.endedAt(100_000)).toBe(false);
  });

  it.each(['pal8', 'rgba', 'gray', 'rgb48be'])('may be a PNG of any kind: %s', async (format) => {
    const path = join(folder, `${format}.png`);
    const source = 'testsrc=s=65x49:d=0.04';
    await make(path, '-f', 'lavfi', '-i', source, '-frames:v', '1', '-pix_fmt', format);
    expect(await (await open(path)).pictureAt(0)).toMatchObject({ width: 65, height: 49 });
  });

  it('may have a name that looks like a pattern for others', async () => {
    const [pattern, other] = [join(folder, 'shot%d.jpg'), join(folder, 'shot1.jpg')];
    writeFileSync(pattern, readFileSync(await counter(0.04, 'jpg')));
    writeFileSync(other, readFileSync(await counter(0.04, 'jpg', { size: [64, 64] })));
    expect(await (await open(pattern)).pictureAt(0)).toMatchObject({ width: 96, height: 64 });
  });
});

describe('a picture that lies on its side', () => {
  /** Luma of red, green, blue and white. */
  const [red, green, blue, white] = [81, 145, 41, 235];
  const cornersOf = async (path: string): Promise<number[]> => {
    const input = await open(path);
    const { width, height } = input;
    const picture = await input.pictureAt(0);
    expect(picture).toMatchObject({ width, height });
    return [
      lumaAt(picture, 4, 4),
      lumaAt(picture, width - 5, 4),
      lumaAt(picture, 4, height - 5),
      lumaAt(picture, width - 5, height - 5),
    ].map((luma) => [red, green, blue, white].find((known) => Math.abs(known - luma) < 6) ?? luma);
  };

  it.each([
    [90, [blue, red, white, green], [48, 64]],
    [180, [white, blue, green, red], [64, 48]],
    [270, [green, white, red, blue], [48, 64]],
  ] as const)('is turned upright: %i degrees', async (rotation, corners, [width, height]) => {
    const path = await makeClip(folder, {
      ...{ seconds: 0.2, container: 'mp4' },
      video: { picture: 'quadrants', size: [64, 48], rotation },
    });
    expect(await cornersOf(path)).toEqual(corners);
    expect(await open(path)).toMatchObject({ width, height });
  });

  it.each([
    [1, [red, green, blue, white]],
    [2, [green, red, white, blue]],
    [3, [white, blue, green, red]],
    [4, [blue, white, red, green]],
    [5, [red, blue, green, white]],
    [6, [blue, red, white, green]],
    [7, [white, green, blue, red]],
    [8, [green, white, red, blue]],
  ])(
    'is turned and mirrored as its EXIF data say: orientation %i',
    async (orientation, corners) => {
      const jpeg = readFileSync(
        await make(
          join(folder, 'quadrants.jpg'),
          ...[
            '-i',
            await makeClip(folder, {
              seconds: 0.2,
              video: { picture: 'quadrants', size: [64, 48] },
            }),
          ],
          // Of limited range, so that the levels stay what they are.
          ...[
            '-frames:v',
            '1',
            '-update',
            '1',
            '-q:v',
            '2',
            '-pix_fmt',
            'yuv420p',
            '-strict',
            '-1',
          ],
        ),
      );
      // One tag, 0x0112, of one 16-bit number, big-endian.
      const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation];
      const exif = Buffer.concat([
        Buffer.from('Exif\0\0'),
        Buffer.from([...tiff, 0, 0, 0, 0, 0, 0]),
      ]);
      const path = join(folder, `orientation-${orientation}.jpg`);
      const marker = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
      writeFileSync(path, Buffer.concat([jpeg.subarray(0, 2), marker, exif, jpeg.subarray(2)]));
      expect(await cornersOf(path)).toEqual(corners);
    },
  );
});

describe('the format of a picture', () => {
  /** A clip of other pixels than usual. */
  const made = (name: string, size: string, ...options: readonly string[]): Promise<string> =>
    make(join(folder, name), '-f', 'lavfi', '-i', `testsrc=s=${size}:r=25:d=0.4`, ...options);

  it('makes pixels square', async () => {
    const options = ['-vf', 'setsar=4/3', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
    const input = await open(await made('wide.mp4', '96x72', ...options));
    expect(input).toMatchObject({ width: 128, height: 72 });
    expect(await input.pictureAt(0)).toMatchObject({ width: 128, height: 72 });
  });

  it('leaves pixels alone that are as good as square', async () => {
    const options = ['-vf', 'setsar=100/101', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
    const input = await open(await made('nearly.mp4', '96x72', ...options));
    expect(input).toMatchObject({ width: 96, height: 72 });
  });

  it('may have odd sides', async () => {
    const input = await open(await made('odd.webm', '81x61', '-c:v', 'libvpx'));
    expect(await input.pictureAt(0)).toMatchObject({ width: 81, height: 61 });
  });

  it.each(['libvpx', 'libvpx-vp9'])('may have transparency beside it: %s', async (codec) => {
    const options = ['-c:v', codec, '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0'];
    const input = await open(await made(`${codec}.webm`, '96x72', ...options));
    expect(await input.pictureAt(0.2)).toMatchObject({ width: 96, height: 72 });
    expect(input.errors).toBe(0);
  });

  it.each([
    ['bt709', 'bt709'],
    ['smpte170m', 'bt601'],
    ['bt470bg', 'bt601'],
    ['unknown', null],
  ])('tells how its colours are coded: %s', async (colorspace, matrix) => {
    const options = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-colorspace', colorspace];
    expect((await open(await made(`${colorspace}.mp4`, '96x72', ...options))).matrix).toBe(matrix);
  });

  it('keeps its tags when it is turned', async () => {
    const options = ['-c:v', 'libx264', '-pix_fmt', 'yuvj420p', '-colorspace', 'bt709'];
    const path = await made('tagged.mp4', '96x72', '-vf', 'setsar=2', ...options);
    const picture = await (await open(path)).pictureAt(0);
    if (picture === null || !('frame' in picture)) throw new Error('There is no picture.');
    // AVCOL_SPC_BT709, AVCOL_RANGE_JPEG
    expect(picture.frame).toMatchObject({ colorSpace: 1, colorRange: 2 });
  });
});
