import {
  AV_LOG_PANIC,
  AV_PKT_FLAG_CORRUPT,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import {
  Dictionary,
  FormatContext,
  Log,
  Packet,
  type CodecParameters,
  type Stream,
} from 'node-av/lib';
import { sampleRate } from '../../audio/format.ts';
import { urlOf } from '../output-file.ts';
import type { LivePacket } from './live-muxer.ts';
import { pictureRate } from './picture-line.ts';

/** What is read of a file. */
export type ReadPacket = LivePacket & { readonly kind: 'picture' | 'sound' };

/** Reads the packets of a recording, whole or cut, in the order they lie in the file. */
export class SegmentReader {
  readonly #context: FormatContext;
  readonly #packet = new Packet();
  /** What describes the pictures; null where there are none. */
  readonly pictures: CodecParameters | null;
  readonly #kinds: readonly (ReadPacket['kind'] | null)[];

  private constructor(context: FormatContext) {
    this.#context = context;
    this.#packet.alloc();
    const find = (type: typeof AVMEDIA_TYPE_VIDEO): Stream | undefined =>
      context.streams.find(({ codecpar }) => codecpar.codecType === type);
    const video = find(AVMEDIA_TYPE_VIDEO);
    const audio = find(AVMEDIA_TYPE_AUDIO);
    this.pictures = video?.codecpar ?? null;
    this.#kinds = context.streams.map(({ index }) => {
      if (index === video?.index) return 'picture';
      return index === audio?.index ? 'sound' : null;
    });
  }

  /** Opens a file; null where it is none that can be read. */
  static async open(path: string): Promise<SegmentReader | null> {
    // What is wrong with a file that was cut is known.
    if (Log.getLevel() > AV_LOG_PANIC) Log.setLevel(AV_LOG_PANIC);
    const context = new FormatContext();
    context.allocContext();
    using options = Dictionary.fromObject({ format_whitelist: 'mov', protocol_whitelist: 'file' });
    if ((await context.openInput(urlOf(path), null, options)) < 0) return null;
    return new SegmentReader(context);
  }

  /**
   * The packets, with positions and durations in units of the stream (1/90000 s, 1/48000 s). What is damaged is left out;
   * behind a hole of that kind nothing is read.
   */
  async *read(): AsyncGenerator<ReadPacket> {
    const packet = this.#packet;
    for (let count = 0; this.#context.readFrameSync(packet) >= 0; count += 1) {
      // Other work is to have its turn.
      if (count % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
      const kind = this.#kinds[packet.streamIndex] ?? null;
      const { data } = packet;
      if (kind !== null && data !== null) {
        if (packet.hasFlags(AV_PKT_FLAG_CORRUPT)) break;
        const { timeBase } = this.#context.streams[packet.streamIndex] ?? packet;
        const rate = kind === 'picture' ? pictureRate : sampleRate;
        const scale = (rate * timeBase.num) / timeBase.den;
        yield {
          kind,
          data,
          keyframe: packet.isKeyframe,
          position: Math.round(Number(packet.pts) * scale),
          duration: Math.round(Number(packet.duration) * scale),
        };
      }
      packet.unref();
    }
    packet.unref();
  }

  /** Frees everything; to be called once. */
  close(): void {
    this.#packet.free();
    this.#context.closeInputSync();
  }
}
