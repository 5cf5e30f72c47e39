import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { renderPicture, renderTimeline } from '../../../mixer/index.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { pictureAt, type Colour, coloursOf } from '../../harness/judge.ts';
import { makeClip } from '../../harness/clips.ts';
import { speech } from '../../unit/audio/speech-signals.ts';
import { scratchFolder } from './run-mix.ts';

const folder = scratchFolder('sound');
afterAll(() => folder[Symbol.dispose]());

const rate = 48_000;

/** Writes mono sound as 16 bits. */
function writeWav(name: string, sound: Float32Array): string {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 2 * sound.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * sound.length, 40);
  const path = join(folder.path, name);
  const samples = Int16Array.from(sound, (sample) => Math.round(sample * 32_767));
  writeFileSync(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
  return path;
}

/** Where the loud samples are. */
async function clicksIn(file: string): Promise<number[]> {
  const { stdout } = await printed('ffmpeg', ['-v', 'error', '-i', file, '-f', 's16le', '-']);
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
  return [...samples.keys()].filter((index) => Math.abs(samples[index]!) > 10_000);
}

it.each([1, 25, 120])(
  'at %i frames a second clicks are heard at their very sample, also those of late joiners',
  async (fps) => {
    const sound = new Float32Array(2 * rate);
    sound[0] = 0.5;
    sound[61_234] = 0.5;
    const media = writeWav('clicks.wav', sound);
    const output = join(folder.path, 'clicks-out.wav');
    await renderTimeline(
      {
        fps,
        duration: 2.9,
        participants: [
          { id: 'first', media },
          { id: 'late', media, joinAt: 0.98765 },
          { id: 'last', media, joinAt: 2.5 },
        ],
      },
      output,
      { overwrite: true },
    );
    const late = Math.round(0.98765 * rate);
    expect(await clicksIn(output)).toEqual([0, late, 61_234, late + 61_234, 2.5 * rate]);
  },
);

it('quiet sound is not taken for silence', async () => {
  const quiet = new Float32Array(rate).map((_, index) => 0.0005 * Math.sin(index / 20));
  const output = join(folder.path, 'quiet-out.wav');
  await renderTimeline(
    { participants: [{ id: 'a', media: writeWav('quiet.wav', quiet) }] },
    output,
  );
  const { stdout } = await printed('ffmpeg', ['-v', 'error', '-i', output, '-f', 's16le', '-']);
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
  expect(Math.max(...samples)).toBeGreaterThanOrEqual(15);
});

it('who speaks is shown large, in the video and in a picture of one of its moments', async () => {
  const colours = { '#c02020': [192, 32, 32], '#2020c0': [32, 32, 192] } as const;
  const clips = await Promise.all(
    (['#c02020', '#2020c0'] as const).map((picture) =>
      makeClip(folder.path, { seconds: 6, container: 'mkv', video: { picture } }),
    ),
  );
  const talk = speech({ seconds: 3, seed: 4 });
  const voices = [0, 3 * rate].map((start, index) => {
    const sound = new Float32Array(6 * rate);
    sound.set(talk, start);
    return writeWav(`voice-${index}.wav`, sound);
  });
  // Picture and voice of one person, as two files made one.
  const media = await Promise.all(
    clips.map(async (clip, index) => {
      const path = join(folder.path, `talker-${index}.mkv`);
      const inputs = ['-i', clip, '-i', voices[index]!, '-c:v', 'copy', '-c:a', 'flac'];
      await printed('ffmpeg', ['-v', 'error', '-y', ...inputs, path]);
      return path;
    }),
  );
  const timeline = {
    size: [640, 360] as [number, number],
    layout: 'speaker' as const,
    participants: media.map((path, index) => ({ id: String(index), media: path })),
  };
  const video = join(folder.path, 'speaker.mkv');
  await renderTimeline(timeline, video, { labels: false });
  const isRed = ([red, , blue]: Colour) => red > blue;
  const large = (await coloursOf(video, { x: 200, y: 160, width: 40, height: 40 })).map(isRed);
  expect(large.slice(0, 75)).toEqual(Array(75).fill(true));
  const turn = large.indexOf(false);
  expect(turn).toBeGreaterThan(75);
  expect(turn).toBeLessThan(115);
  expect(large.slice(turn)).toEqual(Array(large.length - turn).fill(false));

  for (const [at, colour] of [
    [2.5, '#c02020'],
    [5.5, '#2020c0'],
  ] as const) {
    const still = join(folder.path, `at-${at}.png`);
    await renderPicture(timeline, still, { at, labels: false });
    const [red, green, blue] = (await pictureAt(still, { frame: 0 })).colourAt(200, 160, 40, 40);
    colours[colour].forEach((wanted, index) => {
      expect(Math.abs([red, green, blue][index]! - wanted)).toBeLessThan(16);
    });
  }
});
