import type { Sound } from './native.ts';

const rate = 48_000;
/** Samples of 10 ms: what libwebrtc gives and takes. */
const block = rate / 100;
/** Blocks that a source holds at most: older ones are dropped, so that nobody lags behind. */
const depth = 4;

/** What one participant says, until it is mixed. */
export class Voice {
  readonly #blocks: Int16Array[] = [];

  /** Takes 10 ms at any rate. */
  add({ samples, sampleRate, channelCount = 1 }: Sound): void {
    if (this.#blocks.length >= depth) this.#blocks.shift();
    if (sampleRate === rate && channelCount === 1) {
      this.#blocks.push(samples);
      return;
    }
    const mono = new Int16Array(block);
    const step = sampleRate / rate;
    for (let at = 0; at < block; at += 1) {
      mono[at] = samples[Math.floor(at * step) * channelCount] ?? 0;
    }
    this.#blocks.push(mono);
  }

  /** The next 10 ms; null where there are none. */
  next(): Int16Array | null {
    return this.#blocks.shift() ?? null;
  }
}

/**
 * Mixes 10 ms: all is summed up once, and everybody hears that minus themselves.
 * @param speakers - whose `hear` is called with what they hear, valid during the call
 */
export function mix(
  speakers: readonly { readonly voice: Voice; hear(sound: Sound): void }[],
): void {
  const sum = new Int32Array(block);
  const blocks = speakers.map(({ voice }) => voice.next());
  for (const own of blocks) {
    if (own === null) continue;
    for (let at = 0; at < block; at += 1) sum[at] = (sum[at] ?? 0) + (own[at] ?? 0);
  }
  for (const [index, speaker] of speakers.entries()) {
    const own = blocks[index] ?? null;
    const samples = new Int16Array(block);
    for (let at = 0; at < block; at += 1) {
      const value = (sum[at] ?? 0) - (own?.[at] ?? 0);
      samples[at] = Math.max(-32_768, Math.min(32_767, value));
    }
    speaker.hear({ samples, sampleRate: rate });
  }
}
