import { AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import { Codec, CodecContext, type FormatContext, Packet, type Stream } from 'node-av/lib';
import { openContainer, readOnly, readPacket, tickOf, timeOf } from './container.ts';
import { InputError } from './input-error.ts';

/** Which stream of which file. */
export interface StreamPlace {
  readonly path: string;
  /** libav's number of the stream. */
  readonly index: number;
  /** By how many pictures decoding is ahead of showing; 0 for sound. */
  readonly videoDelay: number;
  /** libav's time at which the file begins, in seconds. */
  readonly originSeconds: number;
}

/**
 * Reads the packets of one stream of a file, and opens its decoder.
 *
 * Each stream has the file opened for itself: it can be read and sought at its own pace, nothing piles up, however badly
 * the file is interleaved, and reading costs 3 to 6 microseconds a packet, which is nothing beside decoding it.
 */
export class StreamReader {
  readonly #place: StreamPlace;
  readonly #packet = new Packet();
  #container: FormatContext;
  #tick: number;

  private constructor(place: StreamPlace, container: FormatContext) {
    this.#place = place;
    this.#container = container;
    this.#tick = tickOf(streamOf(container, place));
    this.#packet.alloc();
  }

  /** @throws InputError */
  static async open(place: StreamPlace): Promise<StreamReader> {
    return new StreamReader(place, await openStream(place));
  }

  /** Opens the stream's decoder; null when it refuses. To be freed. */
  async openDecoder(threads: number): Promise<CodecContext | null> {
    const stream = streamOf(this.#container, this.#place);
    const codec = Codec.findDecoder(stream.codecpar.codecId);
    if (codec === null) return null;
    // Not in every header, and a decoder that finds out for itself loses pictures until it has.
    stream.codecpar.videoDelay = this.#place.videoDelay;
    const decoder = new CodecContext();
    decoder.allocContext3(codec);
    decoder.parametersToContext(stream.codecpar);
    // What is to be skipped at the start and the end of sound is counted in time.
    decoder.pktTimebase = stream.timeBase;
    decoder.threadCount = threads;
    if ((await decoder.open2(codec)) >= 0) return decoder;
    decoder.freeContext();
    return null;
  }

  /** Width by height of a pixel as the file has it; 0 where it says nothing. */
  get pixelAspect(): number {
    const { num, den } = streamOf(this.#container, this.#place).sampleAspectRatio;
    return num / den;
  }

  /** The next packet, which the next call reuses; null at the end. */
  read(): Packet | null {
    const packet = this.#packet;
    packet.unref();
    while (readPacket(this.#container, packet)) {
      if (packet.streamIndex === this.#place.index) return packet;
      packet.unref();
    }
    return null;
  }

  /** A time of libav in seconds of the file; null where it is none. */
  secondsOf(time: bigint): number | null {
    const ticks = timeOf(time);
    return ticks === null ? null : ticks * this.#tick - this.#place.originSeconds;
  }

  /** Goes to a keyframe at or, in some files, near before a time; returns whether the file can do that. */
  seek(seconds: number): boolean {
    const { index, originSeconds } = this.#place;
    const target = BigInt(Math.round((seconds + originSeconds) / this.#tick));
    return this.#container.seekFrameSync(index, target, AVSEEK_FLAG_BACKWARD) >= 0;
  }

  /** Goes back to the beginning, which not every file can seek to. */
  async restart(): Promise<void> {
    const container = await openStream(this.#place);
    this.#container.closeInputSync();
    this.#container = container;
  }

  /** Frees everything. To be called once. */
  close(): void {
    this.#packet.free();
    this.#container.closeInputSync();
  }
}

async function openStream(place: StreamPlace): Promise<FormatContext> {
  const container = await openContainer(place.path, true);
  readOnly(container, [place.index]);
  return container;
}

function streamOf(container: FormatContext, { path, index }: StreamPlace): Stream {
  const stream = container.streams[index];
  if (stream === undefined)
    throw new InputError('not-media', path, 'has changed while it was read');
  return stream;
}
