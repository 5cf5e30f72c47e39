import { type AudioFormat } from './format.ts';
import { type AudioEncoder, MixChannel } from './mix-channel.ts';

/** Opens an encoder of a format. May take a while and may fail. */
export type OpenEncoder = (format: AudioFormat) => Promise<AudioEncoder>;

/** Idle encoders kept for the next speakers; more are closed. */
const mostIdle = 4;
/** After an encoder failed to open, this many ticks pass before the next attempt: 1 s. */
const retryTicks = 50;

/**
 * Keeps encoders of one format open and idle, so that an onset never waits for one, and takes them back.
 *
 * Nothing here waits: an encoder that is not open yet is not there.
 */
export class EncoderPool {
  readonly #open: OpenEncoder;
  readonly #format: AudioFormat;
  readonly #onError: (error: unknown) => void;
  readonly #idle: MixChannel[] = [];
  #opening = 0;
  #retryIn = 0;
  #closed = false;

  constructor(open: OpenEncoder, format: AudioFormat, onError: (error: unknown) => void) {
    this.#open = open;
    this.#format = format;
    this.#onError = onError;
  }

  /** An idle encoder, or undefined when none is open. Its state is that of its last mix: warm it. */
  acquire(): MixChannel | undefined {
    return this.#idle.pop();
  }

  /** Takes an encoder back. */
  release(channel: MixChannel): void {
    if (this.#closed || this.#idle.length >= mostIdle) channel.close();
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
    for (const channel of this.#idle.splice(0)) channel.close();
  }

  async #openOne(): Promise<void> {
    try {
      this.release(new MixChannel(await this.#open(this.#format), this.#format));
    } catch (error) {
      this.#retryIn = retryTicks;
      if (!this.#closed) this.#onError(error);
    } finally {
      this.#opening--;
    }
  }
}
