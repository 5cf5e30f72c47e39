import { setImmediate } from 'node:timers/promises';
import {
  type AudioFormat,
  type AudioMixer,
  frameSamples,
  ringDelaySamples,
  sampleRate,
} from '../../mixer/audio/index.ts';
import type { AudioFeed, AudioSubscription } from './feeds.ts';

/** Milliseconds from one audio tick to the next. */
export const audioTickMs = (frameSamples / sampleRate) * 1000;
const ringDelayMs = (ringDelaySamples / sampleRate) * 1000;
/** After a longer stall the missed sound is given up rather than sent in one burst. */
const maxCatchUpTicks = 10;

/**
 * Runs the mixer on the room's clock. Unlike pictures, sound must not be skipped: a late tick mixes
 * what was missed too.
 */
export class AudioOutput implements AudioFeed {
  readonly #mixer: AudioMixer;
  #mixed = 0;
  #atMs = 0;

  constructor(mixer: AudioMixer) {
    this.#mixer = mixer;
  }

  listen(
    listenerId: string,
    format: AudioFormat,
    receive: (opus: Buffer, atMs: number) => void,
  ): AudioSubscription {
    const mixer = this.#mixer;
    mixer.addListener(
      listenerId,
      ({ data, sampleCount }) => {
        // A packet is dated by its beginning; it is full with the tick that is mixed now.
        receive(data, this.#atMs - (sampleCount / frameSamples - 1) * audioTickMs);
      },
      format,
    );
    let listening = true;
    return {
      setFormat(next) {
        if (listening) mixer.setFormat(listenerId, next);
      },
      close() {
        if (listening) mixer.removeListener(listenerId);
        listening = false;
      },
    };
  }

  /**
   * Gives the full mix as PCM, 20 ms at a time, and before it what each voice adds to it.
   * @param mix - `atMs`: as for {@link AudioFeed.listen}; the array is used again
   * @returns ends it; may be called twice
   */
  record(
    mix: (samples: Float32Array, atMs: number) => void,
    voice?: (id: string, samples: Float32Array, atMs: number) => void,
  ): () => void {
    const ends = [
      this.#mixer.tapFullMix((samples) => {
        mix(samples, this.#atMs);
      }),
    ];
    if (voice !== undefined) {
      ends.push(
        this.#mixer.tapVoices((id, samples) => {
          voice(id, samples, this.#atMs);
        }),
      );
    }
    return () => {
      for (const end of ends) end();
    };
  }

  /**
   * Mixes up to tick number `tick`, due at `dueMs` of the room's clock. What the uplinks
   * have ready by then is taken first: after a stall the timers' turn comes before theirs.
   */
  async run(tick: number, dueMs: number): Promise<void> {
    await setImmediate();
    this.#mixed = Math.max(this.#mixed, tick + 1 - maxCatchUpTicks);
    for (; this.#mixed <= tick; this.#mixed++) {
      this.#atMs = dueMs - (tick - this.#mixed) * audioTickMs - ringDelayMs;
      this.#mixer.tick();
    }
  }
}
