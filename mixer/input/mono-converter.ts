import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_ORDER_NATIVE,
  AV_SAMPLE_FMT_FLT,
  AVERROR_INPUT_CHANGED,
} from 'node-av/constants';
import { FFmpegError, Frame, SoftwareResampleContext } from 'node-av/lib';
import { sampleRate } from '../audio/format.ts';
import { samplesOf } from '../native-sound.ts';

/** Takes converted samples, which are valid until it returns. */
export type SampleSink = (samples: Float32Array) => void;

/** Room for what a filter gives beyond what goes in, in samples. */
const slack = 256;

/** AV_CH_LOW_FREQUENCY, which has no part in a mono mix. */
const lowFrequency = 1n << 3n;

/**
 * Turns decoded sound of any rate, format and channels into mono floats at 48 kHz. Channels are weighted by their places,
 * and so that full scale on all of them does not clip. Takes 1.3 us for 1024 samples of stereo, 6.4 us at another rate.
 */
export class MonoConverter {
  #context: SoftwareResampleContext | null = null;
  readonly #output = new Frame();
  /** The memory of `#output`. */
  #samples: Float32Array = new Float32Array(0);

  constructor() {
    this.#output.alloc();
  }

  /**
   * Converts a frame. What a filter for another rate holds back, about 1 ms, comes with the next. Rate and channels may
   * change.
   *
   * @throws FFmpegError for what nobody can convert.
   */
  convert(frame: Frame, sink: SampleSink): void {
    const { channelLayout } = frame;
    if (channelLayout.order !== AV_CHANNEL_ORDER_NATIVE) {
      frame.channelLayout = layoutOf(channelLayout.nbChannels);
    }
    this.#reserve(Math.ceil((frame.nbSamples * sampleRate) / frame.sampleRate) + slack);
    let converted = this.#convert(frame, sink);
    if (converted === AVERROR_INPUT_CHANGED) {
      this.flush(sink);
      converted = this.#convert(frame, sink);
    }
    FFmpegError.throwIfError(converted, 'converting sound');
  }

  /** Gives what is held back. The next frame has no connection with the last one. */
  flush(sink: SampleSink): void {
    if (this.#context === null) return;
    this.#convert(null, sink);
    this.#context.free();
    this.#context = null;
  }

  /** Frees everything. To be called once. */
  close(): void {
    this.#context?.free();
    this.#output.free();
  }

  #convert(frame: Frame | null, sink: SampleSink): number {
    this.#context ??= newContext();
    this.#output.nbSamples = this.#samples.length;
    const converted = this.#context.convertFrame(this.#output, frame);
    if (converted >= 0 && this.#output.nbSamples > 0) {
      sink(this.#samples.subarray(0, this.#output.nbSamples));
    }
    return converted;
  }

  #reserve(samples: number): void {
    if (samples <= this.#samples.length) return;
    const output = this.#output;
    output.unref();
    output.format = AV_SAMPLE_FMT_FLT;
    output.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    output.sampleRate = sampleRate;
    output.nbSamples = samples;
    FFmpegError.throwIfError(output.getBuffer(), 'making room for sound');
    this.#samples = samplesOf(output, samples);
  }
}

function newContext(): SoftwareResampleContext {
  const context = new SoftwareResampleContext();
  context.alloc();
  // The weights of the channels add up to 1; without this they do so for integers only.
  context.setOption('rematrix_maxval', '1');
  return context;
}

/** Places for channels that have none: all are heard. */
function layoutOf(nbChannels: number): Frame['channelLayout'] {
  if (nbChannels === 1) return AV_CHANNEL_LAYOUT_MONO;
  let mask = 0n;
  for (let bit = 1n, count = 0; count < nbChannels; bit <<= 1n) {
    if (bit === lowFrequency) continue;
    mask |= bit;
    count += 1;
  }
  return { nbChannels, order: AV_CHANNEL_ORDER_NATIVE, mask };
}
