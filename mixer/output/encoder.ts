import { AVERROR_EOF } from 'node-av/constants';
import { FFmpegError, Packet, PosixError, type CodecContext, type Frame } from 'node-av/lib';
import { WorkQueue } from './work-queue.ts';

const again = FFmpegError.AVERROR(PosixError.EAGAIN);

/** Given packets in order; it owns them. What it throws ends the encoder. */
export type PacketSink = (packet: Packet) => void;

/** An opened codec at work in the background: frames go in, packets come out later. */
export class Encoder {
  readonly #context: CodecContext;
  readonly #emit: PacketSink;
  readonly #queue: WorkQueue<Frame>;
  #closing: Promise<void> | null = null;

  /**
   * Takes over an opened codec.
   *
   * @param backlog - So many frames may wait before {@link Encoder.room} does.
   * @param emit - Given what comes out.
   */
  constructor(context: CodecContext, backlog: number, emit: PacketSink) {
    this.#context = context;
    this.#emit = emit;
    this.#queue = new WorkQueue(
      backlog,
      (frame) => this.#encode(frame),
      (frame) => frame.free(),
    );
  }

  /** Queues a frame, which the encoder frees. */
  push(frame: Frame): void {
    this.#queue.push(frame);
  }

  /** Waits until there is room for another frame. Rejects with what the encoder or `emit` failed with. */
  room(): Promise<void> {
    return this.#queue.room();
  }

  /** Encodes what waits, and brings out what the codec held back. No frame may follow. */
  async finish(): Promise<void> {
    await this.#queue.drain();
    FFmpegError.throwIfError(await this.#context.sendFrame(null), 'ending the encoder');
    // Now the work is done by whoever asks for the packets.
    while (this.#take(await this.#receive())) {
      // Until there are no more.
    }
  }

  /** Gives up what is not encoded yet and frees the codec. Those who wait hear `reason`. Can be called twice. */
  close(reason: unknown): Promise<void> {
    this.#closing ??= this.#queue.stop(reason).then(() => this.#context.freeContext());
    return this.#closing;
  }

  async #encode(frame: Frame): Promise<void> {
    try {
      FFmpegError.throwIfError(await this.#context.sendFrame(frame), 'encoding a frame');
    } finally {
      frame.free();
    }
    // The work was done in sendFrame; this only hands over what it made.
    let received;
    do {
      const packet = newPacket();
      received = { packet, code: this.#context.receivePacketSync(packet) };
    } while (this.#take(received));
  }

  async #receive(): Promise<Received> {
    const packet = newPacket();
    return { packet, code: await this.#context.receivePacket(packet) };
  }

  /** @returns whether there was a packet */
  #take({ packet, code }: Received): boolean {
    if (code >= 0) {
      this.#emit(packet);
      return true;
    }
    packet.free();
    if (code !== again && code !== AVERROR_EOF) FFmpegError.throwIfError(code, 'encoding');
    return false;
  }
}

interface Received {
  readonly packet: Packet;
  readonly code: number;
}

function newPacket(): Packet {
  const packet = new Packet();
  packet.alloc();
  return packet;
}
