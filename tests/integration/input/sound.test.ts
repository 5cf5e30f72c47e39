import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ClipOptions, makeClip } from '../../harness/clips.ts';
import { toneLevel } from '../../harness/judge.ts';
import { inputOpener, listen, make, onsetsOf, peakOf, scratchFolder } from './reading.ts';

const folder = scratchFolder();
const open = inputOpener();

type Container = NonNullable<ClipOptions['container']>;
type Audio = NonNullable<ClipOptions['audio']>;

/** 2 s of a tone, of which every sample is to be heard. */
const tone = (container: Container, audio: Partial<Audio> = {}): Promise<string> =>
  makeClip(folder, { seconds: 2, container, audio: { tone: 440, ...audio } });

/** Silence with beeps of 0.1 s at 0.5 and 1.5 s. */
const beeps = (container: Container, audio: Partial<Audio> = {}): Promise<string> =>
  makeClip(folder, { seconds: 2, container, audio: { tone: 0, ...audio }, marks: 1 });

/** ffmpeg's aac takes a few milliseconds to get louder, and begins before. */
const toWithin = (expected: readonly number[], seconds: number): unknown =>
  expected.map((value) => expect.closeTo(value, -Math.log10(2 * seconds)) as unknown);

const allKinds = [
  ['wav', 'pcm_s16le'],
  ['flac', 'flac'],
  ['mp3', 'mp3'],
  ['ogg', 'opus'],
  ['ogg', 'vorbis'],
  ['m4a', 'aac'],
  ['webm', 'opus'],
  ['mkv', 'flac'],
] as const;

describe('the sound of a file', () => {
  it.each(allKinds)(
    'is heard at its time, from the first sample on: %s with %s',
    async (container, codec) => {
      const input = await open(await beeps(container, { codec }));
      expect(input).toMatchObject({ hasVideo: false, hasAudio: true, width: 0, height: 0 });
      expect(input.durationSeconds).toBeCloseTo(2, 2);
      expect(onsetsOf(await listen(input, 2))).toEqual(toWithin([0.5, 1.5], 0.003));

      const sound = await listen(await open(await tone(container, { codec })), 3);
      expect(peakOf(sound.subarray(0, 100))).toBeGreaterThan(0.1);
      expect(peakOf(sound.subarray(95_900, 96_000))).toBeGreaterThan(0.1);
      expect(peakOf(sound.subarray(96_000 + 480))).toBe(0);
    },
  );

  it.each([
    [8_000, 1, 'wav', 'pcm_s16le'],
    [11_025, 2, 'wav', 'pcm_s16le'],
    [22_050, 2, 'mp3', 'mp3'],
    [32_000, 1, 'm4a', 'aac'],
    [44_100, 2, 'm4a', 'aac'],
    [96_000, 6, 'flac', 'flac'],
    [48_000, 6, 'mkv', 'opus'],
  ] as const)(
    'keeps its pitch and its level: %i Hz, %i channels',
    async (sampleRate, channels, container, codec) => {
      const path = await tone(container, { sampleRate, channels, codec });
      const sound = await listen(await open(path), 2);
      // A peak of a quarter is 12 dB below full scale.
      const middle = sound.subarray(4800, 91_200);
      expect(toneLevel(middle, 48_000, 440)).toBeCloseTo(-12, 0);
      expect(peakOf(middle)).toBeLessThan(0.3);
    },
  );

  it('does not clip where six channels are at full scale', async () => {
    const path = join(folder, 'full.wav');
    const channel = 'sin(2*PI*440*t)';
    const source = `aevalsrc=${Array<string>(6).fill(channel).join('|')}:c=5.1:s=44100:d=1`;
    await make(path, '-f', 'lavfi', '-i', source, '-c:a', 'pcm_f32le');
    const sound = await listen(await open(path), 1);
    const middle = sound.subarray(4800, 43_200);
    expect(peakOf(middle)).toBeLessThanOrEqual(1);
    expect(toneLevel(middle, 48_000, 440)).toBeCloseTo(0, 1);
  });

  it('has every channel in it where none has a place', async () => {
    const path = join(folder, 'ten.wav');
    writeFileSync(
      path,
      wav(10, 48_000, (channel, i) => (channel === 7 ? Math.sin(i / 10) : 0)),
    );
    expect(peakOf(await listen(await open(path), 1))).toBeGreaterThan(0.05);
  });

  it('stays within limits where the file does not', async () => {
    const path = join(folder, 'loud.wav');
    const source = 'aevalsrc=4*sin(2*PI*440*t):s=48000:d=1';
    await make(path, '-f', 'lavfi', '-i', source, '-c:a', 'pcm_f32le');
    expect(peakOf(await listen(await open(path), 1))).toBe(1);
  });

  it('is the same however much of it is asked for at a time', async () => {
    const path = await tone('m4a', { sampleRate: 44_100 });
    const [all, pieces] = [await open(path), await open(path)];
    const whole = Float32Array.from(await all.samples(96_000));
    for (let at = 0, size = 1; at + size <= 96_000; at += size, size = 1 + ((size * 7) % 2999)) {
      expect(await pieces.samples(size)).toEqual(whole.subarray(at, at + size));
    }
  });

  it.each(allKinds)('starts where it is told to: %s with %s', async (container, codec) => {
    // 30 s, to be found by seeking: beeps at 2.5, 7.5, 12.5, …
    const path = await makeClip(folder, {
      ...{ seconds: 30, container, marks: 5 },
      audio: { tone: 0, codec, channels: 1 },
    });
    const input = await open(path, { startSeconds: 11.3 });
    expect(onsetsOf(await listen(input, 8))).toEqual(toWithin([1.2, 6.2], 0.003));
    expect(input.durationSeconds).toBeCloseTo(18.7, 1);
  });

  it('starts in the middle of a tone without a click', async () => {
    const path = await tone('m4a', { tone: 100 });
    const sound = await listen(await open(path, { startSeconds: 1.2 }), 0.5);
    const steepest = 0.25 * ((2 * Math.PI * 100) / 48_000);
    const steps = sound.subarray(1).map((sample, i) => Math.abs(sample - sound[i]!));
    expect(Math.max(...steps)).toBeLessThan(2 * steepest);
  });

  it('is silent before it starts, in gaps and after its end', async () => {
    const path = join(folder, 'gap.mkv');
    await make(
      path,
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=5:d=5'],
      ...['-f', 'lavfi', '-i', 'aevalsrc=0.5*cos(2*PI*440*t):s=48000:d=4'],
      '-filter_complex',
      "[1:a]asetnsamples=480,aselect='between(t,0.995,1.495)+between(t,2.495,4)'[a]",
      ...['-map', '0:v', '-map', '[a]', '-c:v', 'libx264', '-c:a', 'pcm_s16le'],
    );
    const input = await open(path);
    const sound = await listen(input, 6);
    expect(onsetsOf(sound)).toEqual(toWithin([1, 2.5], 0.003));
    for (const [from, to] of [
      [0, 0.98],
      [1.52, 2.48],
      [4.02, 6],
    ] as const) {
      expect(peakOf(sound.subarray(from * 48_000, to * 48_000))).toBe(0);
    }
    expect(input.durationSeconds).toBeCloseTo(5, 1);
    expect(input.endedAt(4.5)).toBe(false);
  });

  it('is all there is in a file with a cover', async () => {
    const cover = join(folder, 'cover.png');
    await make(cover, '-f', 'lavfi', '-i', 'testsrc=s=64x64:d=0.04', '-frames:v', '1');
    const path = join(folder, 'song.mp3');
    const covered = ['-map', '0', '-map', '1', '-c', 'copy', '-disposition:v', 'attached_pic'];
    await make(path, '-i', await tone('mp3'), '-i', cover, ...covered);
    const input = await open(path);
    expect(input).toMatchObject({ hasVideo: false, hasAudio: true, width: 0 });
    expect(await input.pictureAt(1)).toBeNull();
    expect(peakOf(await listen(input, 0.1))).toBeGreaterThan(0.1);
    expect(input.durationSeconds).toBeCloseTo(2, 2);
  });

  it('goes on after packets that are damaged, and these are counted', async () => {
    const whole = readFileSync(await beeps('mp3'));
    const damaged = join(folder, 'damaged.mp3');
    const middle = whole.length >> 1;
    whole.fill(0x55, middle, middle + 1500);
    writeFileSync(damaged, whole);
    const input = await open(damaged);
    const sound = await listen(input, 2);
    expect(onsetsOf(sound)[0]).toBeCloseTo(0.5, 2);
    expect(sound).toHaveLength(96_000);
  });

  it('can be left out, as can the pictures; the length is that of both', async () => {
    const path = await makeClip(folder, {
      ...{ seconds: 2, container: 'mp4' },
      video: { picture: 'counter', size: [96, 64] },
      audio: { tone: 440 },
    });
    const deaf = await open(path, { audio: false });
    expect(deaf).toMatchObject({ hasVideo: true, hasAudio: false });
    expect(peakOf(await listen(deaf, 1))).toBe(0);
    const blind = await open(path, { video: false });
    expect(blind).toMatchObject({ hasVideo: false, hasAudio: true, width: 0 });
    expect(await blind.pictureAt(1)).toBeNull();
    expect(blind.durationSeconds).toBeCloseTo(2, 1);
  });
});

/** A WAV file of one second, which says nothing about the places of its channels. */
function wav(
  channels: number,
  rate: number,
  signal: (channel: number, index: number) => number,
): Buffer {
  const data = Buffer.alloc(rate * channels * 2);
  for (let i = 0; i < rate * channels; i += 1) {
    data.writeInt16LE(Math.round(32_767 * signal(i % channels, Math.floor(i / channels))), 2 * i);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
