import { sampleRate } from '../../audio/format.ts';
import type { LivePacket } from './live-muxer.ts';
import { PictureLine, pictureRate } from './picture-line.ts';
import { frameSamples, SoundEncoder } from './sound-encoder.ts';
import { SoundLine } from './sound-line.ts';

/** Samples in 1/90000 s. */
export const samplesPerTick = sampleRate / pictureRate;
/** Samples in a millisecond. */
export const samplesPerMs = sampleRate / 1000;
const ticksPerMs = pictureRate / 1000;

/** Sound that comes before the first picture, whose time is later, waits: so many packets of 20 ms. */
const waitingPackets = 100;

/** Sound that is late by more than this is silence. */
const silenceAfterMs = 2000;

/**
 * Given what belongs into a file: pictures (stream 0, 1/90000 s) and AAC (stream 1, samples), each in order; positions count
 * from the first picture.
 */
export type ProgramSink = (stream: 0 | 1, packet: LivePacket) => void;

/**
 * Pictures and sound of a room on one line, which begins at a keyframe: their times become positions, the sound is encoded
 * to AAC and has no gap, each picture stays until the next.
 */
export class Program {
  readonly #pictures: PictureLine;
  readonly #encoder: SoundEncoder;
  readonly #sound: SoundLine;
  #waiting: { readonly atMs: number; readonly data: Buffer }[] = [];
  #startMs: number | null = null;
  #lastPictureMs = -Infinity;

  private constructor(fps: number, sink: ProgramSink, encoder: SoundEncoder) {
    this.#pictures = new PictureLine(fps, (picture) => {
      sink(0, picture);
    });
    this.#encoder = encoder;
    this.#sound = new SoundLine(encoder);
  }

  /** @param fps - Pictures a second. */
  static async open(fps: number, sink: ProgramSink): Promise<Program> {
    const encoder = await SoundEncoder.open((data, position) => {
      sink(1, soundPacket(data, position));
    });
    return new Program(fps, sink, encoder);
  }

  /** What the sound is encoded with. */
  get soundCodec(): SoundEncoder['context'] {
    return this.#encoder.context;
  }

  /** The time of position 0, in milliseconds; null before the first picture. */
  get startMs(): number | null {
    return this.#startMs;
  }

  /** When the last picture was, in milliseconds of the feed's clock. */
  get lastPictureMs(): number {
    return this.#lastPictureMs;
  }

  /** Length so far in seconds. */
  get durationSeconds(): number {
    return Math.max(this.#pictures.end / pictureRate, this.#sound.end / sampleRate);
  }

  /** Length of the pictures in seconds; the last one is as long as usual until the end is known. */
  get pictureSeconds(): number {
    return this.#pictures.end / pictureRate;
  }

  /** Takes an access unit; the first one is a keyframe, and position 0. */
  picture(data: Buffer, keyframe: boolean, atMs: number): void {
    this.#startMs ??= atMs;
    this.#lastPictureMs = atMs;
    this.#pictures.push(data, keyframe, Math.round((atMs - this.#startMs) * ticksPerMs));
    for (const packet of this.#waiting.splice(0)) this.#place(this.#startMs, packet);
  }

  /** Takes sound, mono s16le. What was before position 0 is dropped. */
  audio(data: Buffer, atMs: number): void {
    if (this.#startMs !== null) {
      this.#place(this.#startMs, { atMs, data });
      return;
    }
    if (this.#waiting.length >= waitingPackets) this.#waiting.shift();
    this.#waiting.push({ atMs, data });
  }

  /** To be called every second or so: where no sound comes for long, it is silence. `nowMs`: of the feed's clock. */
  tick(nowMs: number): void {
    if (this.#startMs === null) return;
    this.#sound.fillTo(this.#samplesAt(this.#startMs, nowMs - silenceAfterMs));
  }

  /** Gives out what was held back: the sound and the last picture end together. */
  finish(): void {
    this.#sound.fillTo(Math.round(this.#pictures.end * samplesPerTick));
    this.#encoder.finish();
    this.#pictures.finish(Math.round(this.#encoder.position / samplesPerTick));
  }

  /** Frees the encoder; may be called twice. */
  close(): void {
    this.#encoder.close();
  }

  #place(startMs: number, { atMs, data }: { readonly atMs: number; readonly data: Buffer }): void {
    this.#sound.push(this.#samplesAt(startMs, atMs), data);
  }

  #samplesAt(startMs: number, atMs: number): number {
    return Math.round((atMs - startMs) * samplesPerMs);
  }
}

/** A frame of sound as a packet for a muxer. */
export function soundPacket(data: Buffer, position: number): LivePacket {
  return { data, keyframe: true, position, duration: frameSamples };
}
