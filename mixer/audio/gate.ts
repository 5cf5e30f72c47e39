import { blockSamples, frameSamples, samplesOf } from './format.ts';

/** When a source counts as having sound. */
export interface GateSettings {
  /** A 10 ms block whose RMS (without its mean) reaches this opens a closed gate, in dB below full scale. */
  readonly openDbfs: number;
  /** While the gate is open, blocks from this RMS on keep it open, in dB below full scale. */
  readonly closeDbfs: number;
  /** How long the gate stays open after the last block with sound, in milliseconds. */
  readonly hangoverMs: number;
}

/** Below any speech or music worth hearing, above the noise of an idle microphone. */
export const defaultGateSettings: GateSettings = { openDbfs: -55, closeDbfs: -60, hangoverMs: 600 };

/** A source joins the mix this much before the block that opened its gate: soft beginnings count too. */
const leadSamples = blockSamples;

/** How fast {@link LevelGate.level} falls, per block: about 22 dB a second. */
const levelDecay = 0.95;

/**
 * Decides by level alone when a source is heard: speech, music and tones pass, digital silence and a constant offset
 * never do.
 *
 * It judges blocks as they arrive, at the tail of the ring, and is asked about frames as they are played, at the head:
 * what lies between them is its look-ahead. Positions are sample counts of the ring.
 */
export class LevelGate {
  readonly #openPower: number;
  readonly #closePower: number;
  readonly #hangover: number;
  #onset: number | undefined;
  #soundEnd = 0;
  #power = 0;

  constructor(settings: GateSettings) {
    this.#openPower = 10 ** (settings.openDbfs / 10);
    this.#closePower = 10 ** (settings.closeDbfs / 10);
    this.#hangover = samplesOf(settings.hangoverMs);
  }

  /** Recent RMS as a fraction of full scale: rises at once, falls slowly. */
  get level(): number {
    return Math.sqrt(this.#power);
  }

  /** Whether nothing with sound is in the ring or has lately left it. */
  get isIdle(): boolean {
    return this.#onset === undefined;
  }

  /**
   * Judges a block that is about to enter the ring.
   *
   * @param samples - Mono PCM at 48 kHz.
   * @param start - First sample of the block.
   * @param end - One past its last sample.
   * @param position - Where the block's first sample will be in the ring.
   */
  hear(samples: Float32Array, start: number, end: number, position: number): void {
    const power = variance(samples, start, end);
    this.#power = Math.max(power, this.#power * levelDecay);
    if (power < (this.#onset === undefined ? this.#openPower : this.#closePower)) return;
    this.#onset ??= position;
    this.#soundEnd = position + end - start;
  }

  /**
   * Whether the frame at `head` belongs into the mix. Forgets a sound whose hangover is over.
   *
   * @param head - Position of the next frame to be played.
   * @returns True from shortly before the sound until its hangover has passed.
   */
  isOpen(head: number): boolean {
    if (this.#onset === undefined) return false;
    if (head >= this.#soundEnd + this.#hangover) {
      this.#onset = undefined;
      return false;
    }
    return this.#onset - leadSamples < head + frameSamples;
  }

  /**
   * Whether, as far as is known now, the frame at `head` is the last one before the gate closes.
   *
   * @param head - Position of the frame about to be played.
   * @returns True when the following frame would be outside.
   */
  closesAfter(head: number): boolean {
    return head + frameSamples >= this.#soundEnd + this.#hangover;
  }
}

/** Mean power of a block without its mean value: an offset is no sound. */
function variance(samples: Float32Array, start: number, end: number): number {
  let sum = 0;
  let squares = 0;
  for (let i = start; i < end; i++) {
    const sample = samples[i] ?? 0;
    sum += sample;
    squares += sample * sample;
  }
  const count = end - start;
  return count > 0 ? squares / count - (sum / count) ** 2 : 0;
}
