import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOfMedia } from '../../../mixer/output/live/media-length.ts';
import { PlainMp4 } from '../../../mixer/output/live/plain-mp4.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { decode, probe } from '../../harness/judge.ts';
import { nativeInUse } from '../../harness/memory.ts';
import {
  both,
  byTime,
  hybrid,
  inFragments,
  makePlain,
  packetsOf,
  read,
  secondOf,
  type Step,
  useFileWriter,
} from './file-writer.ts';
import { judge, worstOffset } from './judge.ts';
import { useFolders } from './output-process.ts';

describe('a fragmented file that becomes an ordinary one', () => {
  const freshFolder = useFolders();
  const files = useFileWriter();

  it('is read as the one that FFmpeg would have made', async () => {
    const folder = freshFolder();
    const [ours, theirs] = [join(folder, 'ours.mp4'), join(folder, 'theirs.mp4')];
    await fc.assert(
      fc.asyncProperty(recordings, async (steps) => {
        files.writer.writeFragments(ours, steps);
        const counted = await lengthOfMedia(ours);
        expect(await makePlain(ours)).toBe(statSync(ours).size);
        const muxer = files.writer.begin(theirs, hybrid);
        files.writer.write(muxer, steps);
        muxer.finish();
        expect(await read(ours)).toEqual(await read(theirs));
        // The file tells it to the millisecond.
        expect(Math.abs((await lengthOfMedia(ours))! - counted!)).toBeLessThan(0.0025);
        expect(boxes(readFileSync(ours))).toEqual(['ftyp', 'mdat', 'moov']);
      }),
      { numRuns: 150 },
    );
  });

  it('is, for ffprobe and a decoder, the one that FFmpeg would have made', async () => {
    const folder = freshFolder();
    const [ours, theirs] = [join(folder, 'ours.mp4'), join(folder, 'theirs.mp4')];
    const lines: Step[][] = [
      both(),
      both({ pictures: 9000 }),
      both({ sound: 24_000 }),
      both().filter((step) => step === 'end of fragment' || step.stream === 0),
      both().filter((step) => step !== 'end of fragment'),
    ];
    for (const steps of lines) {
      files.writer.writeFragments(ours, steps);
      await makePlain(ours);
      const muxer = files.writer.begin(theirs, hybrid);
      files.writer.write(muxer, steps);
      muxer.finish();
      expect(await probe(ours)).toEqual(await probe(theirs));
      expect(await packetsOf(ours)).toEqual(await packetsOf(theirs));
      const decoded = await decode(ours);
      expect(decoded).toEqual(await decode(theirs));
      expect(decoded.errors).toEqual([]);
    }
  });

  it('may have fragments with nothing in them', async () => {
    const path = join(freshFolder(), 'nothing.mp4');
    files.writer.writeFragments(path, [
      'end of fragment',
      'end of fragment',
      ...both(),
      'end of fragment',
    ]);
    const before = await read(path);
    await makePlain(path);
    expect(await read(path)).toEqual(before);
  });

  it('begins each track when it began, with an edit list where that is not at 0', async () => {
    const path = join(freshFolder(), 'late.mp4');
    for (const late of [{ pictures: 9000 }, { sound: 24_000 }]) {
      // Otherwise FFmpeg lets every track of a fragmented file begin at 0.
      files.writer.writeFragments(path, both(late), { avoid_negative_ts: 'disabled' });
      const before = await read(path);
      await makePlain(path);
      expect(await read(path)).toEqual(before);
      const { video, audio } = await probe(path);
      expect(video?.startSeconds).toBe((late.pictures ?? 0) / 90_000);
      expect(audio?.startSeconds).toBe((late.sound ?? 0) / 48_000);
      expect(audio?.durationSeconds).toBeCloseTo(4, 1);
    }
  });

  it('keeps a gap between two fragments', async () => {
    const path = join(freshFolder(), 'gap.mp4');
    files.writer.writeFragments(path, both());
    const file = readFileSync(path);
    // The two fragments behind are moved by ten seconds.
    let at = 0;
    for (let index = 0; index < 8; index += 1) {
      at = file.indexOf('tfdt', at) + 4;
      const time = file.readBigUInt64BE(at + 4);
      const later = index % 2 === 0 ? 900_000n : 480_000n;
      if (index >= 4) file.writeBigUInt64BE(time + later, at + 4);
    }
    writeFileSync(path, file);
    const before = await read(path);
    await makePlain(path);
    const packets = await read(path);
    expect(packets.map(({ position }) => position)).toEqual(before.map(({ position }) => position));
    expect(packets.map(({ duration }) => duration).filter((ticks) => ticks > 100_000)).toEqual([
      903_600, 481_024,
    ]);
    expect((await probe(path)).durationSeconds).toBeCloseTo(14, 1);
  });

  it('keeps the order of pictures that are not shown as they are decoded', async () => {
    const path = join(freshFolder(), 'b-frames.mp4');
    await printed('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25:duration=4'],
      ...['-c:v', 'libx264', '-bf', '2', '-g', '25'],
      ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', path],
    ]);
    const before = await packetsOf(path);
    const pictures = await decode(path);
    await makePlain(path);
    expect(await packetsOf(path)).toEqual(before);
    expect(before.filter(({ dts, pts }) => dts !== pts).length).toBeGreaterThan(50);
    expect(await decode(path)).toEqual(pictures);
  });

  it('may be longer than 4 GiB', async () => {
    const path = join(freshFolder(), 'long.mp4');
    const steps = both();
    files.writer.writeFragments(path, steps);
    const packets = await read(path);
    const fragments = readFileSync(path);
    // A hole between the first fragment and the others, which know only where they lie from themselves.
    const hole = 5 * 2 ** 30;
    const at = fragments.indexOf('moof', fragments.indexOf('moof') + 4) - 4;
    const header = Buffer.alloc(16);
    header.writeUInt32BE(1, 0);
    header.write('free', 4);
    header.writeBigUInt64BE(BigInt(hole), 8);
    const file = await open(path, 'w');
    await file.write(Buffer.concat([fragments.subarray(0, at), header]));
    await file.write(fragments.subarray(at), 0, fragments.length - at, at + hole);
    await file.close();
    expect(await makePlain(path)).toBeGreaterThan(hole);
    expect(await read(path)).toEqual(packets);
    expect((await decode(path)).errors).toEqual([]);
  });

  it('may last longer than 32 bits can tell', async () => {
    const path = join(freshFolder(), 'lasting.mp4');
    const hours = 6;
    const duration = hours * 3600 * 90_000;
    const steps = [0, 1, 2, 3, 4].flatMap((part): Step[] => [
      { stream: 0, position: part * duration, duration },
      'end of fragment',
    ]);
    files.writer.writeFragments(path, steps);
    const before = await read(path);
    await makePlain(path);
    expect(await read(path)).toEqual(before);
    expect((await probe(path)).video).toMatchObject({
      startSeconds: 0,
      durationSeconds: 5 * hours * 3600,
      frames: 5,
    });
  });

  it('is sought in', async () => {
    const path = join(freshFolder(), 'sought.mp4');
    const segment = await files.writer.record(path, 20);
    expect((await segment.finish()).error).toBeNull();
    const file = join(path, 'segment-0.mp4');
    const seen = await judge(file);
    expect(seen).toMatchObject({ complaints: '', videoStart: 0, audioStart: 0, pictures: 500 });
    expect(worstOffset(seen)).toBeLessThan(0.04);
    const { stdout } = await printed('ffprobe', [
      ...['-v', 'error', '-read_intervals', '13.5%+#1', '-select_streams', 'v'],
      ...['-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0', file],
    ]);
    expect(stdout.toString()).toMatch(/^12\.0+,K/);
  });

  it('has a table for which the room was kept', async () => {
    const path = join(freshFolder(), 'slow.mp4');
    // A picture a second is the worst: all of them keyframes, none as long as the one before.
    const steps: Step[] = [];
    let position = 0;
    for (let sound = 0; sound < 60 * 46.875; sound += 1) {
      if (sound % 47 === 0) {
        const duration = 90_240 - (sound % 2);
        steps.push('end of fragment', { stream: 0, position, duration });
        position += duration;
      }
      steps.push({ stream: 1, position: sound * 1024, duration: 1024 });
    }
    files.writer.writeFragments(path, steps.slice(1));
    const { size } = statSync(path);
    const packets = steps.filter((step) => step !== 'end of fragment').length;
    expect((await makePlain(path)) - size).toBeLessThan(2000 + 20 * packets);
  });

  it('is the same where its table was gathered while it grew', async () => {
    const folder = freshFolder();
    const [grown, whole] = [join(folder, 'grown.mp4'), join(folder, 'whole.mp4')];
    const muxer = files.writer.begin(grown, inFragments);
    const plain = await PlainMp4.open(grown);
    for (const second of [0, 1, 2, 3]) {
      files.writer.write(muxer, secondOf(second));
      muxer.flush();
      // What comes in between waits for its turn.
      void plain.catchUp();
      if (second > 0) await plain.catchUp();
    }
    muxer.close();
    copyFileSync(grown, whole);
    await makePlain(whole);
    expect(await plain.finish()).toBe(statSync(whole).size);
    await plain.close();
    expect(readFileSync(grown).equals(readFileSync(whole))).toBe(true);
  });

  it('takes no more memory the longer it lasts', async () => {
    const path = join(freshFolder(), 'hour.mp4');
    const muxer = files.writer.begin(path, inFragments);
    const plain = await PlainMp4.open(path);
    const seconds = 3600;
    let before = 0;
    for (let second = 0; second < seconds; second += 1) {
      files.writer.write(muxer, secondOf(second));
      muxer.flush();
      // Until then V8 takes what it needs for itself.
      if (second === seconds / 2) before = await nativeInUse();
      await plain.catchUp();
    }
    const grown = ((await nativeInUse()) - before) / 2 ** 20;
    muxer.close();
    // 64 bytes for each would be 8, FFmpeg's own way is 15.
    expect(grown).toBeLessThan(4);
    const started = performance.now();
    await plain.finish();
    await plain.close();
    console.log(
      `${grown.toFixed(1)} MiB for half an hour, ${(performance.now() - started).toFixed(0)} ms to finish an hour`,
    );
    expect((await probe(path)).video?.durationSeconds).toBe(seconds);
    // Each that ends is asked how long it is: it is not read for that.
    const [told, reading] = [
      await cpuOf(async () => expect(await lengthOfMedia(path)).toBeCloseTo(seconds, 1)),
      await cpuOf(() => read(path)),
    ];
    expect(told).toBeLessThan(reading / 10);
  });
});

/** Processor time that something takes, microseconds. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Pictures of any length and sound, with gaps, either of both later than the other, cut to fragments anywhere. */
const recordings = fc
  .record({
    pictures: fc.array(
      fc.record({ duration: fc.integer({ min: 1, max: 9000 }), gap: gaps(90_000) }),
      {
        minLength: 1,
        maxLength: 60,
      },
    ),
    sound: fc.array(gaps(48_000), { maxLength: 60 }),
    pictureStart: fc.nat(20_000),
    soundStart: fc.nat(20_000),
    cuts: fc.array(fc.nat(120), { maxLength: 8 }),
  })
  .map(({ pictures, sound, pictureStart, soundStart, cuts }) => {
    const steps: Step[] = [];
    let at = pictureStart;
    for (const { duration, gap } of pictures) {
      steps.push({ stream: 0, position: at, duration });
      at += duration + gap;
    }
    at = soundStart;
    for (const gap of sound) {
      steps.push({ stream: 1, position: at, duration: 1024 });
      at += 1024 + gap;
    }
    steps.sort(byTime);
    for (const cut of cuts.sort((a, b) => b - a)) {
      // FFmpeg's own way crashes where nothing is in the first one.
      if (cut > 0 && cut < steps.length) steps.splice(cut, 0, 'end of fragment');
    }
    return steps;
  });

/** Seldom there is one. */
function gaps(max: number): fc.Arbitrary<number> {
  return fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, { arbitrary: fc.nat(max), weight: 1 });
}

/** The names of the boxes of a file. */
function boxes(file: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < file.length;) {
    names.push(file.toString('latin1', at + 4, at + 8));
    const short = file.readUInt32BE(at);
    at += short === 1 ? Number(file.readBigUInt64BE(at + 8)) : short;
  }
  return names;
}
