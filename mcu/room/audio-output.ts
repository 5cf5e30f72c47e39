import { setImmediate } from 'node:timers/promises';
import {
  type AudioMixer,
  frameSamples,
  ringDelaySamples,
  sampleRate,
} from '../../mixer/audio/index.ts';
import type { AudioFeed } from './feeds.ts';

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

  listen(listenerId: string, receive: (opus: Buffer, atMs: number) => void): () => void {
    this.#mixer.addListener(listenerId, ({ data }) => {
      receive(data, this.#atMs);
    });
    let listening = true;
    return () => {
      if (listening) this.#mixer.removeListener(listenerId);
      listening = false;
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
