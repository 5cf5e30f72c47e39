import { AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT } from 'node-av/constants';
import { FFmpegError, SoftwareResampleContext } from 'node-av/lib';

import { sampleRate } from './format.ts';

/** A libswresample filter from one rate to 48 kHz, mono floats. Costs 0.04 ms per 10 ms. */
export class RateFilter {
  readonly #context = new SoftwareResampleContext();

  /** @param rate - Of what goes in, in Hz. */
  constructor(rate: number) {
    const configured = this.#context.allocSetOpts2(
      AV_CHANNEL_LAYOUT_MONO,
      AV_SAMPLE_FMT_FLT,
      sampleRate,
      AV_CHANNEL_LAYOUT_MONO,
      AV_SAMPLE_FMT_FLT,
      rate,
    );
    FFmpegError.throwIfError(configured, 'swr_alloc_set_opts2');
    FFmpegError.throwIfError(this.#context.init(), 'swr_init');
  }

  /** 48 kHz samples that have gone in and not yet come out: about 1 ms. */
  get held(): number {
    return Number(this.#context.getDelay(BigInt(sampleRate)));
  }

  /**
   * Filters some samples.
   *
   * @param input - Samples at the filter's rate.
   * @param count - How many of them to take.
   * @param output - Receives samples at 48 kHz, from `offset` to at most its end.
   * @param offset - Where in `output` to begin.
   * @returns How many were written.
   */
  convert(input: Float32Array, count: number, output: Float32Array, offset: number): number {
    const written = this.#context.convertSync(
      [bytesOf(output, offset)],
      output.length - offset,
      [bytesOf(input, 0)],
      count,
    );
    FFmpegError.throwIfError(written, 'swr_convert');
    return written;
  }

  /** Leaves out the next `count` 48 kHz samples. */
  drop(count: number): void {
    FFmpegError.throwIfError(this.#context.dropOutput(count), 'swr_drop_output');
  }

  /** Frees the native filter. */
  close(): void {
    this.#context.free();
  }
}

/** The bytes behind floats, from `offset` on. */
function bytesOf(samples: Float32Array, offset: number): Buffer {
  const at = samples.byteOffset + offset * samples.BYTES_PER_ELEMENT;
  return Buffer.from(samples.buffer, at, samples.byteLength - offset * samples.BYTES_PER_ELEMENT);
}
