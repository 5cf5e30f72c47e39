import { frameSamples, sampleRate } from './format.ts';

/** Rate of the voice band, in Hz. */
export const bandRate = 4_000;

/** Samples of the voice band in a frame of 20 ms. */
export const bandFrameSamples = 80;

/** Samples of the voice band that are remembered: 64 ms. */
export const bandSamples = 256;

const decimation = sampleRate / bandRate;
const taps = 72;
const cutoffHz = 1_500;
const lowCutHz = 90;
const highPass = Math.exp((-2 * Math.PI * lowCutHz) / bandRate);

/** A windowed sinc (Hamming). It is symmetric: its first half is enough. */
const lowPass = halfLowPass();

/**
 * The part of a sound that carries pitch and vowels, 90 to 1,500 Hz: below it desks are bumped, above it are hiss and
 * clicks. Costs 3 multiplications a sample.
 */
export class VoiceBand {
  /** The last 64 ms at 4 kHz, oldest first; changed by {@link VoiceBand.hear}. */
  readonly samples = new Float32Array(bandSamples);
  /** The last samples of the frame before, then the frame. */
  readonly #input = new Float32Array(taps - decimation + frameSamples);
  #before = 0;
  #passed = 0;

  /**
   * Takes in a frame.
   *
   * @param frame - 960 samples at 48 kHz.
   * @returns Mean power of the frame within the band, as a fraction of full scale squared.
   */
  hear(frame: Float32Array): number {
    const { samples } = this;
    const input = this.#input;
    input.copyWithin(0, frameSamples);
    input.set(frame, taps - decimation);
    samples.copyWithin(0, bandFrameSamples);
    let power = 0;
    for (let i = 0; i < bandFrameSamples; i++) {
      const first = i * decimation;
      let low = 0;
      for (let k = 0; k < taps / 2; k++) {
        low += (lowPass[k] ?? 0) * ((input[first + k] ?? 0) + (input[first + taps - 1 - k] ?? 0));
      }
      this.#passed = highPass * (this.#passed + low - this.#before);
      this.#before = low;
      samples[bandSamples - bandFrameSamples + i] = this.#passed;
      power += this.#passed * this.#passed;
    }
    return power / bandFrameSamples;
  }

  /** Forgets everything. */
  reset(): void {
    this.samples.fill(0);
    this.#input.fill(0);
    this.#before = 0;
    this.#passed = 0;
  }
}

function halfLowPass(): Float64Array {
  const half = new Float64Array(taps / 2);
  let sum = 0;
  for (let k = 0; k < half.length; k++) {
    const time = k - (taps - 1) / 2;
    const window = 0.54 - 0.46 * Math.cos((2 * Math.PI * k) / (taps - 1));
    const tap = window * Math.sin((2 * Math.PI * cutoffHz * time) / sampleRate);
    half[k] = tap / time;
    sum += 2 * (tap / time);
  }
  return half.map((tap) => tap / sum);
}
