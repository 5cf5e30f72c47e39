import { type AudioFormat, frameSamples, ticksOf } from './format.ts';
import { Limiter } from './limiter.ts';

/** An audio encoder of one format, mono at 48 kHz. */
export interface AudioEncoder {
  /**
   * Encodes one packet.
   *
   * @param samples - 960 samples within [-1, 1] for each 20 ms of the format; not kept.
   * @returns The encoded packet, the caller's to keep.
   */
  encode(samples: Float32Array): Buffer;
  /** Frees it; may be called twice. */
  close(): void;
}

/** An encoder with the limiter of the mix it encodes. Takes the mix tick by tick, and gives a packet when one is full. */
export class MixChannel {
  readonly #encoder: AudioEncoder;
  readonly #limiter = new Limiter();
  readonly #samples: Float32Array;
  /** A part of the samples for each tick of a packet. */
  readonly #parts: readonly Float32Array[];
  #filled = 0;

  constructor(encoder: AudioEncoder, format: AudioFormat) {
    this.#encoder = encoder;
    const ticks = ticksOf(format);
    this.#samples = new Float32Array(ticks * frameSamples);
    this.#parts = Array.from({ length: ticks }, (_, tick) =>
      this.#samples.subarray(tick * frameSamples, (tick + 1) * frameSamples),
    );
  }

  /** Begins another mix, with its first packet. */
  restart(): void {
    this.#limiter.reset();
    this.#filled = 0;
  }

  /** The 960 samples to be filled next, not limited. */
  get part(): Float32Array {
    return this.#parts[this.#filled] ?? this.#samples;
  }

  /**
   * Takes {@link MixChannel.part}, all of which has been filled.
   *
   * @returns The packet that is full now, null within one.
   * @throws What the encoder throws.
   */
  commit(): Buffer | null {
    this.#limiter.process(this.part);
    this.#filled = (this.#filled + 1) % this.#parts.length;
    return this.#filled === 0 ? this.#encoder.encode(this.#samples) : null;
  }

  /** Frees the encoder; may be called twice. */
  close(): void {
    this.#encoder.close();
  }
}
