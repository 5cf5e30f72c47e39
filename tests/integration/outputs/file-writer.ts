import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { parameterSetsOf } from '../../../mixer/output/live/annex-b.ts';
import { RecordingSegment } from '../../../mixer/output/live/index.ts';
import { LiveMuxer } from '../../../mixer/output/live/live-muxer.ts';
import { PlainMp4 } from '../../../mixer/output/live/plain-mp4.ts';
import { SegmentReader } from '../../../mixer/output/live/segment-reader.ts';
import { encodeSilence } from '../../../mixer/output/live/sound-encoder.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { canvas, type Clip, fps, makeClip, soundAt } from './clip.ts';

/** How recordings are written. */
export const inFragments = 'frag_custom+empty_moov+default_base_moof+skip_trailer';
/** FFmpeg's own way to the same end. */
export const hybrid = 'hybrid_fragmented+frag_custom+default_base_moof';

/** What is written: packets of both kinds by time, and the ends of fragments. */
export type Step =
  | { readonly stream: 0 | 1; readonly position: number; readonly duration: number }
  | 'end of fragment';

/** Writes files of a clip's pictures and of silence. */
class FileWriter {
  readonly #clip: Clip;
  readonly #silence: Awaited<ReturnType<typeof encodeSilence>>;

  private constructor(clip: Clip, silence: Awaited<ReturnType<typeof encodeSilence>>) {
    this.#clip = clip;
    this.#silence = silence;
  }

  static async open(): Promise<FileWriter> {
    return new FileWriter(await makeClip(), await encodeSilence());
  }

  begin(path: string, movflags: string, more: Record<string, string> = {}): LiveMuxer {
    const parameterSets = parameterSetsOf(this.#clip.pictures[0]!.data)!;
    return LiveMuxer.open(path, {
      format: 'mp4',
      streams: [
        { kind: 'h264', parameterSets, ...canvas },
        { kind: 'aac', codec: this.#silence.codec.context },
      ],
      options: { movflags, ...more },
    });
  }

  write(muxer: LiveMuxer, steps: readonly Step[]): void {
    let picture = 0;
    for (const step of steps) {
      if (step === 'end of fragment') {
        muxer.flush();
        continue;
      }
      const { data, keyframe } =
        step.stream === 1
          ? { data: this.#silence.data, keyframe: true }
          : this.#clip.pictures[picture++ % this.#clip.pictures.length]!;
      muxer.write(step.stream, { ...step, data, keyframe });
    }
  }

  /** Writes fragments, and no more. */
  writeFragments(path: string, steps: readonly Step[], more?: Record<string, string>): void {
    const muxer = this.begin(
      path,
      more === undefined ? inFragments : `${inFragments}+frag_discont`,
      more,
    );
    this.write(muxer, steps);
    muxer.flush();
    muxer.close();
  }

  /** Records the clip for some seconds into a folder, which is made. */
  async record(directory: string, seconds: number): Promise<RecordingSegment> {
    mkdirSync(directory, { recursive: true });
    const options = { directory, segment: 0, joined: false, tracks: false, ...canvas, fps };
    const segment = await RecordingSegment.open(options);
    for (let picture = 0; picture < seconds * fps; picture += 1) {
      const { data, keyframe } = this.#clip.pictures[picture % this.#clip.pictures.length]!;
      segment.picture(data, keyframe, picture * 40);
      for (const ms of [0, 20]) segment.audio(0, soundAt(picture * 40 + ms), picture * 40 + ms);
    }
    return segment;
  }

  close(): void {
    this.#silence.codec.close();
  }
}

/** A writer for the tests of a file; there while they run. */
export function useFileWriter(): { readonly writer: FileWriter } {
  let writer: FileWriter | undefined;
  beforeAll(async () => {
    writer = await FileWriter.open();
  });
  afterAll(() => {
    writer?.close();
  });
  return {
    get writer() {
      return writer!;
    },
  };
}

/** Makes an ordinary file of one in fragments. @returns its length in bytes */
export async function makePlain(path: string): Promise<number> {
  const plain = await PlainMp4.open(path);
  try {
    return await plain.finish();
  } finally {
    await plain.close();
  }
}

/** A second of 25 pictures and the sound that goes with it, by time. */
export function secondOf(second: number): Step[] {
  const steps: Step[] = [];
  for (let picture = 0; picture < fps; picture += 1) {
    steps.push({ stream: 0, position: second * 90_000 + picture * 3600, duration: 3600 });
  }
  const from = Math.ceil(second * 46.875);
  for (let frame = from; frame < (second + 1) * 46.875; frame += 1) {
    steps.push({ stream: 1, position: frame * 1024, duration: 1024 });
  }
  return steps.sort(byTime);
}

/** Four seconds in fragments of one; `late`: by how much one of both begins later, in its own units. */
export function both({ pictures = 0, sound = 0 } = {}): Step[] {
  const later = (step: Step): Step =>
    step === 'end of fragment'
      ? step
      : { ...step, position: step.position + (step.stream === 0 ? pictures : sound) };
  return [0, 1, 2, 3]
    .flatMap((second): Step[] => [...secondOf(second), 'end of fragment'])
    .map(later);
}

/** To sort them. */
export function byTime(one: Step, other: Step): number {
  const secondsOf = (step: Step) =>
    step === 'end of fragment' ? 0 : step.position / (step.stream === 0 ? 90_000 : 48_000);
  return secondsOf(one) - secondsOf(other);
}

/** All that our own reader sees: what is where in the file is not the point, so by time. */
export async function read(path: string) {
  const reader = (await SegmentReader.open(path))!;
  try {
    const packets = [];
    for await (const { data, ...packet } of reader.read()) {
      packets.push({ ...packet, hash: createHash('md5').update(data).digest('hex') });
    }
    packets.sort((a, b) => a.kind.localeCompare(b.kind) || a.position - b.position);
    return packets;
  } finally {
    reader.close();
  }
}

/** All that the file itself says of the first stream: what is a keyframe is not looked up in the pictures. */
export async function packetsOf(path: string): Promise<{ dts: number; pts: number }[]> {
  const { stdout } = await printed('ffprobe', [
    ...['-v', 'error', '-fflags', 'noparse', '-of', 'json', '-select_streams', '0'],
    ...['-show_entries', 'packet=pts,dts,size,flags', path],
  ]);
  return (JSON.parse(stdout.toString()) as { packets: { dts: number; pts: number }[] }).packets;
}
