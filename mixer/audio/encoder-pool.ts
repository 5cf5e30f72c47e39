import { frameSamples } from './format.ts';
import { Limiter } from './limiter.ts';

/** An audio encoder of 20 ms frames, mono at 48 kHz. */
export interface AudioEncoder {
  /**
   * Encodes one frame.
   *
   * @param samples - 960 samples within [-1, 1]; not kept.
   * @returns The encoded frame, the caller's to keep.
   */
  encode(samples: Float32Array): Buffer;
  /** Frees it; may be called twice. */
  close(): void;
}

/** Opens an encoder. May take a while and may fail. */
export type OpenEncoder = () => Promise<AudioEncoder>;

/** An encoder with the limiter of the mix it encodes, and the frame they work on. */
export interface MixChannel {
  readonly encoder: AudioEncoder;
  readonly limiter: Limiter;
  /** The mix to be encoded: 960 samples. */
  readonly frame: Float32Array;
}

/** Idle encoders kept for the next speakers; more are closed. */
const mostIdle = 4;
/** After an encoder failed to open, this many ticks pass before the next attempt: 1 s. */
const retryTicks = 50;

/**
 * Keeps encoders open and idle, so that an onset never waits for one, and takes them back.
 *
 * Nothing here waits: an encoder that is not open yet is not there.
 */
export class EncoderPool {
  readonly #open: OpenEncoder;
  readonly #onError: (error: unknown) => void;
  readonly #idle: MixChannel[] = [];
  #opening = 0;
  #retryIn = 0;
  #closed = false;

  constructor(open: OpenEncoder, onError: (error: unknown) => void) {
    this.#open = open;
    this.#onError = onError;
  }

  /** An idle encoder, or undefined when none is open. Its state is that of its last mix: warm it. */
  acquire(): MixChannel | undefined {
    return this.#idle.pop();
  }

  /** Takes an encoder back. */
  release(channel: MixChannel): void {
    if (this.#closed || this.#idle.length >= mostIdle) channel.encoder.close();
    else this.#idle.push(channel);
  }

  /**
   * To be called once per tick: opens encoders until enough are idle or on their way.
   *
   * @param wanted - How many should be idle.
   */
  stock(wanted: number): void {
    if (this.#retryIn > 0) {
      this.#retryIn--;
      return;
    }
    while (!this.#closed && !this.#retryIn && this.#idle.length + this.#opening < wanted) {
      this.#opening++;
      void this.#openOne();
    }
  }

  /** Closes the idle encoders, and those that are still being opened as soon as they are. */
  close(): void {
    this.#closed = true;
    for (const channel of this.#idle.splice(0)) channel.encoder.close();
  }

  async #openOne(): Promise<void> {
    try {
      const encoder = await this.#open();
      this.release({ encoder, limiter: new Limiter(), frame: new Float32Array(frameSamples) });
    } catch (error) {
      this.#retryIn = retryTicks;
      if (!this.#closed) this.#onError(error);
    } finally {
      this.#opening--;
    }
  }
}
