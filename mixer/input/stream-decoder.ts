import { AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import type { CodecContext, Frame } from 'node-av/lib';
import { type StreamPlace, StreamReader } from './stream-reader.ts';

/** So many failures of a decoder in a row, without a packet between them, are its end. */
const mostFailures = 100;

/** Turns one stream of a file into frames. Skips what is damaged. */
export class StreamDecoder {
  /** Packets that could not be decoded. */
  errors = 0;
  readonly #reader: StreamReader;
  readonly #codec: CodecContext;

  private constructor(reader: StreamReader, codec: CodecContext) {
    this.#reader = reader;
    this.#codec = codec;
  }

  /**
   * Opens a stream at its beginning.
   *
   * @param threads - Of the decoder.
   * @returns Null when libav has no decoder that takes the stream.
   * @throws InputError
   */
  static async open(place: StreamPlace, threads: number): Promise<StreamDecoder | null> {
    const reader = await StreamReader.open(place);
    const codec = await reader.openDecoder(threads);
    if (codec !== null) return new StreamDecoder(reader, codec);
    reader.close();
    return null;
  }

  /** Width by height of a frame's pixels; 0 where nobody knows. The container's word is the last, as in players. */
  pixelAspectOf({ sampleAspectRatio: { num, den } }: Frame): number {
    return this.#reader.pixelAspect || num / den;
  }

  /** Decodes the next frame on one of libuv's threads, of which it makes 20 to 80 us more work; false at the end. */
  async next(frame: Frame): Promise<boolean> {
    for (;;) {
      const received = this.#receive(frame);
      if (received !== 'hungry') return received === 'frame';
      // This is where the work is done.
      this.#noteSent(await this.#codec.sendPacket(this.#reader.read()));
    }
  }

  /** Decodes the next frame at once; false at the end. */
  nextSync(frame: Frame): boolean {
    for (;;) {
      const received = this.#receive(frame);
      if (received !== 'hungry') return received === 'frame';
      this.#noteSent(this.#codec.sendPacketSync(this.#reader.read()));
    }
  }

  /** When a frame is to be seen or heard, in seconds of the file; null where nobody knows. */
  secondsOf({ bestEffortTimestamp }: Frame): number | null {
    return this.#reader.secondsOf(bestEffortTimestamp);
  }

  /** Goes to a keyframe at or, in some files, near before a time; returns whether the file can do that. */
  seek(seconds: number): boolean {
    this.#codec.flushBuffers();
    return this.#reader.seek(seconds);
  }

  /** Goes back to the beginning. */
  async restart(): Promise<void> {
    await this.#reader.restart();
    this.#codec.flushBuffers();
  }

  /** Frees everything. To be called once. */
  close(): void {
    this.#codec.freeContext();
    this.#reader.close();
  }

  #receive(frame: Frame): 'frame' | 'hungry' | 'end' {
    for (let failures = 0; failures < mostFailures; failures += 1) {
      const received = this.#codec.receiveFrameSync(frame);
      if (received >= 0) return 'frame';
      if (received === AVERROR_EAGAIN) return 'hungry';
      if (received === AVERROR_EOF) return 'end';
      this.errors += 1;
    }
    return 'end';
  }

  #noteSent(sent: number): void {
    if (sent < 0 && sent !== AVERROR_EOF) this.errors += 1;
  }
}
