/** A signal as a function of the sample index at its own rate, within [-1, 1]. */
export type Signal = (index: number) => number;

/** A sine of a frequency in Hz and a peak amplitude. */
export function sine(frequency: number, amplitude: number, rate = 48_000): Signal {
  return (index) => amplitude * Math.sin((2 * Math.PI * frequency * index) / rate);
}

/** A signal that repeats after `period` samples, computed once: cheap for long runs. */
export function periodic(signal: Signal, period: number): Signal {
  const table = Float64Array.from({ length: period }, (_, i) => signal(i));
  return (index) => table[index % period]!;
}

/** White noise of an RMS, the same for the same index. */
export function noise(rms: number): Signal {
  return (index) => {
    let bits = Math.imul(index ^ 0x9e3779b9, 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return rms * Math.sqrt(3) * (((bits ^ (bits >>> 16)) >>> 0) / 2 ** 31 - 1);
  };
}

/** 16-bit PCM of `count` samples from `start` on. */
export function pcm16(signal: Signal, start: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, i) => Math.round(signal(start + i) * 32_767));
}

/** Floats of `count` samples from `start` on. */
export function floats(signal: Signal, start: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => signal(start + i));
}

/** One array of many. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The largest step between neighbouring samples: a click is a large one. */
export function largestStep(samples: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++)
    largest = Math.max(largest, Math.abs(samples[i]! - samples[i - 1]!));
  return largest;
}

/** The largest step of a sine. */
export function steepest(frequency: number, amplitude: number): number {
  return (amplitude * 2 * Math.PI * frequency) / 48_000;
}

/** Root mean square. */
export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** The peak amplitude of one frequency in 48 kHz samples. */
export function amplitudeOf(samples: Float32Array, frequency: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    const phase = (2 * Math.PI * frequency * i) / 48_000;
    real += sample * Math.cos(phase);
    imaginary += sample * Math.sin(phase);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

/** A ratio of amplitudes in decibels. */
export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

/** Where two signals first differ by more than `tolerance`; -1 when nowhere. */
export function firstDifference(a: Float32Array, b: Float32Array, tolerance = 0): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((sample, i) => !(Math.abs(sample - b[i]!) <= tolerance));
}
