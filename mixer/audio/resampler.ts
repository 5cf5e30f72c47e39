import { sampleRate } from './format.ts';
import { RateFilter } from './rate-filter.ts';

const lowestRate = 8_000;
const highestRate = 384_000;

/** Samples at a filter's own rate that reach from one end of it to the other: libswresample has 32 taps. */
const filterTaps = 32;
/** The same in 48 kHz samples, at the lowest rate. */
const filterReach = (filterTaps * sampleRate) / lowestRate;

/**
 * Turns interleaved 16-bit PCM of any rate and channel count into mono floats at 48 kHz.
 *
 * 48 kHz needs no filter; any other rate runs through one. The rate may change between two calls: what the old filter
 * still holds comes out before the new rate begins, and either filter is shown what lies on the other side of the
 * change, so that the output has neither a gap nor a click.
 */
export class Resampler {
  #filter: RateFilter | undefined;
  #rate = sampleRate;
  #filterIsSilent = true;
  #input = new Float32Array(0);
  #output = new Float32Array(0);
  #view = this.#output;

  /**
   * Converts one block.
   *
   * @param samples - Interleaved PCM; channels are averaged. A trailing incomplete sample frame is ignored.
   * @param rate - Sample rate of this block, in Hz.
   * @param channelCount - Channels of this block.
   * @returns Mono at 48 kHz, within [-1, 1] but for a filter's overshoot; valid until the next call.
   * @throws RangeError when the rate or the channel count makes no sense.
   */
  convert(samples: Int16Array, rate: number, channelCount: number): Float32Array {
    if (!Number.isInteger(rate) || rate < lowestRate || rate > highestRate)
      throw new RangeError(
        `sampleRate must be an integer from ${lowestRate} to ${highestRate}, not ${rate}.`,
      );
    if (!Number.isInteger(channelCount) || channelCount < 1)
      throw new RangeError(`channelCount must be a positive integer, not ${channelCount}.`);

    const frames = Math.floor(samples.length / channelCount);
    if (this.#input.length < frames) this.#input = new Float32Array(frames);
    const silent = downmix(samples, frames, channelCount, this.#input);
    const offset = rate === this.#rate || frames === 0 ? 0 : this.#changeRate(rate, frames);
    this.#reserve(offset + Math.ceil((frames * sampleRate) / rate) + filterReach);
    return this.#viewOf(offset + this.#convert(frames, silent, offset));
  }

  /** Frees the native filter. The resampler may be used again afterwards. */
  close(): void {
    this.#filter?.close();
    this.#filter = undefined;
    this.#rate = sampleRate;
  }

  #convert(frames: number, silent: boolean, offset: number): number {
    if (!this.#filter) {
      for (let i = 0; i < frames; i++) this.#output[offset + i] = this.#input[i] ?? 0;
      return frames;
    }
    const exact = (frames * sampleRate) / this.#rate;
    // Zeros into a filter that holds nothing but zeros: the answer is known.
    if (silent && this.#filterIsSilent && Number.isInteger(exact)) {
      this.#output.fill(0, offset, offset + exact);
      return exact;
    }
    this.#filterIsSilent = silent && frames >= filterTaps;
    return this.#filter.convert(this.#input, frames, this.#output, offset);
  }

  /** Switches filters; leaves what the old one still held at the start of the output and returns how much that was. */
  #changeRate(rate: number, frames: number): number {
    const heard = new Float32Array(filterReach);
    const tail = this.#view.subarray(-filterReach);
    heard.set(tail, filterReach - tail.length);
    let held = 0;
    if (this.#filter) {
      held = this.#filter.held;
      this.#reserve(2 * filterReach);
      const ahead = interpolate(this.#input.subarray(0, frames), 0, rate / this.#rate);
      held = Math.min(held, this.#filter.convert(ahead, filterTaps, this.#output, 0));
      heard.copyWithin(0, held);
      heard.set(this.#output.subarray(0, held), filterReach - held);
    }
    this.close();
    this.#rate = rate;
    if (rate !== sampleRate) {
      this.#filter = new RateFilter(rate);
      this.#filterIsSilent = heard.every((sample) => sample === 0);
      const step = sampleRate / rate;
      const past = interpolate(heard, filterReach - filterTaps * step, step);
      this.#filter.drop(Math.round(filterTaps * step));
      this.#filter.convert(past, filterTaps, new Float32Array(2 * filterReach), 0);
    }
    return held;
  }

  #reserve(samples: number): void {
    if (this.#output.length >= samples) return;
    const output = new Float32Array(samples);
    output.set(this.#output);
    this.#output = output;
  }

  #viewOf(length: number): Float32Array {
    if (this.#view.length !== length || this.#view.buffer !== this.#output.buffer)
      this.#view = this.#output.subarray(0, length);
    return this.#view;
  }
}

/** Averages channels; tells whether all was digital silence. */
function downmix(
  samples: Int16Array,
  frames: number,
  channelCount: number,
  out: Float32Array,
): boolean {
  const scale = 1 / (32_768 * channelCount);
  let any = 0;
  if (channelCount === 1) {
    for (let i = 0; i < frames; i++) {
      const sample = samples[i] ?? 0;
      any |= sample;
      out[i] = sample * scale;
    }
    return any === 0;
  }
  for (let i = 0, at = 0; i < frames; i++) {
    let sum = 0;
    for (let channel = 0; channel < channelCount; channel++) sum += samples[at++] ?? 0;
    any |= sum;
    out[i] = sum * scale;
  }
  return any === 0;
}

/** A filter's length of samples read from between those of `source`: crude, and good enough beyond its edge. */
function interpolate(source: Float32Array, start: number, step: number): Float32Array {
  const last = source.length - 1;
  return Float32Array.from({ length: filterTaps }, (_, index) => {
    const at = Math.min(start + index * step, last);
    const before = Math.floor(at);
    const left = source[before] ?? 0;
    return left + ((source[Math.min(before + 1, last)] ?? left) - left) * (at - before);
  });
}
