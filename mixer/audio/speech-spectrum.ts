import { bandSamples } from './speech-band.ts';

/** Bins that are compared, 15.6 Hz each: 94 Hz to 1,860 Hz. */
const firstBin = 6;
const binCount = 114;
/** Evens out the fall of a voice's spectrum towards higher frequencies. */
const preEmphasis = 0.6;

const hann = Float64Array.from(
  { length: bandSamples },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / bandSamples),
);
const cosines = Float64Array.from({ length: bandSamples / 2 }, (_, k) =>
  Math.cos((2 * Math.PI * k) / bandSamples),
);
const sines = Float64Array.from({ length: bandSamples / 2 }, (_, k) =>
  Math.sin((2 * Math.PI * k) / bandSamples),
);
const reversed = bitReversal();

/** Used again by every call: nothing of it is kept between two. */
const real = new Float64Array(bandSamples);
const imaginary = new Float64Array(bandSamples);

/**
 * The shape of a short spectrum: fine enough to hold the harmonics of a voice apart, so that it changes with the pitch as
 * well as with the vowel. Loudness is no part of it.
 */
export class SpectrumShape {
  readonly #shape = new Float64Array(binCount);
  #isEmpty = true;

  /**
   * Takes the shape of a sound's spectrum. Costs a Fourier transform of 256 samples.
   *
   * @param samples - The last 64 ms of the voice band.
   */
  measure(samples: Float32Array): void {
    let before = 0;
    for (let i = 0; i < bandSamples; i++) {
      const sample = samples[i] ?? 0;
      const at = reversed[i] ?? 0;
      real[at] = (sample - preEmphasis * before) * (hann[i] ?? 0);
      imaginary[at] = 0;
      before = sample;
    }
    transform();
    const shape = this.#shape;
    let mean = 0;
    for (let k = 0; k < binCount; k++) {
      const re = real[firstBin + k] ?? 0;
      const im = imaginary[firstBin + k] ?? 0;
      // The root of the magnitude: weaker harmonics count as well.
      const magnitude = Math.sqrt(Math.sqrt(re * re + im * im));
      shape[k] = magnitude;
      mean += magnitude / binCount;
    }
    let squares = 0;
    for (let k = 0; k < binCount; k++) squares += ((shape[k] ?? 0) - mean) ** 2;
    this.#isEmpty = squares === 0;
    const scale = this.#isEmpty ? 0 : 1 / Math.sqrt(squares);
    for (let k = 0; k < binCount; k++) shape[k] = ((shape[k] ?? 0) - mean) * scale;
  }

  /**
   * Compares two shapes.
   *
   * @param other - Another one.
   * @returns Their correlation, 1 when they are the same, about 0 when they have nothing in common; undefined when one of
   *   them is of silence.
   */
  likeness(other: SpectrumShape): number | undefined {
    if (this.#isEmpty || other.#isEmpty) return undefined;
    let sum = 0;
    for (let k = 0; k < binCount; k++) sum += (this.#shape[k] ?? 0) * (other.#shape[k] ?? 0);
    return sum;
  }

  /** Makes it the shape of silence. */
  clear(): void {
    this.#isEmpty = true;
  }
}

/** The Fourier transform of what is in {@link real} and {@link imaginary} in bit-reversed order, in place. */
function transform(): void {
  for (let half = 1; half < bandSamples; half *= 2) {
    const stride = bandSamples / (2 * half);
    for (let k = 0; k < half; k++) {
      const cosine = cosines[k * stride] ?? 0;
      const sine = sines[k * stride] ?? 0;
      for (let i = k; i < bandSamples; i += 2 * half) {
        const j = i + half;
        const re = real[j] ?? 0;
        const im = imaginary[j] ?? 0;
        const turnedRe = re * cosine + im * sine;
        const turnedIm = im * cosine - re * sine;
        const topRe = real[i] ?? 0;
        const topIm = imaginary[i] ?? 0;
        real[i] = topRe + turnedRe;
        imaginary[i] = topIm + turnedIm;
        real[j] = topRe - turnedRe;
        imaginary[j] = topIm - turnedIm;
      }
    }
  }
}

function bitReversal(): Uint16Array {
  const bits = Math.log2(bandSamples);
  return Uint16Array.from({ length: bandSamples }, (_, i) => {
    let turned = 0;
    for (let bit = 0; bit < bits; bit++) turned |= ((i >> bit) & 1) << (bits - 1 - bit);
    return turned;
  });
}
