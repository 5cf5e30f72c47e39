import { AudioMixer, type AudioSource, frameSamples, sampleRate } from '../audio/index.ts';
import type { Speech } from './scene.ts';
import { type SoundInput, Voice, type VoiceTimes } from './voice.ts';

/** A file has no idle microphone: even the quietest sound in it is meant, and only digital silence is not. */
const gate = { openDbfs: -95, closeDbfs: -98 };

/** The sample of the output at a moment in seconds. */
export function sampleAt(seconds: number): number {
  return Math.round(seconds * sampleRate);
}

/** Ticks of the mix that end at or before a moment in seconds. */
export function ticksUntil(seconds: number): number {
  return Math.floor((seconds * sampleRate) / frameSamples + 1e-6);
}

/** All voices, mixed in ticks of 20 ms: tick k covers the samples from 960 k on. */
export class SoundTrack {
  readonly #mixer = new AudioMixer({
    openEncoder: () => Promise.reject(new Error('A render listens to the full mix only.')),
    gate,
  });
  readonly #voices = new Map<string, { readonly voice: Voice; source: AudioSource | null }>();
  /** The next tick. The mix begins one before the output, for the voices' fade-ins. */
  #tick = -1;
  /** What {@link SoundTrack.advance} returns, and where it begins. */
  #out = new Float32Array(0);
  #outStart = 0;

  constructor() {
    this.#mixer.tapFullMix((samples, index) => {
      // Less the tick before the output.
      const at = index - frameSamples - this.#outStart;
      if (at >= 0) this.#out.set(samples, at);
    });
  }

  /** The sample the next call of {@link SoundTrack.advance} begins with. */
  get position(): number {
    return Math.max(this.#tick, 0) * frameSamples;
  }

  /** Who is heard to speak in the last tick. */
  get speech(): Speech {
    return { speaker: this.#mixer.activeSpeaker ?? null, speaking: this.#mixer.speakers };
  }

  /** Adds a voice, before the ticks its times touch. */
  add(id: string, input: SoundInput, times: VoiceTimes): void {
    this.#voices.set(id, { voice: new Voice(input, times), source: null });
  }

  /** Reads what the ticks up to `endTick` (excluded) need. One call at a time. */
  async read(endTick: number): Promise<void> {
    await Promise.all(Array.from(this.#voices.values(), ({ voice }) => voice.read(endTick)));
  }

  /**
   * Mixes the ticks up to `endTick` (excluded), for which everything has been read.
   *
   * @returns Their samples, from where the last call ended.
   */
  advance(endTick: number): Float32Array {
    this.#outStart = this.position;
    this.#out = new Float32Array(Math.max(endTick * frameSamples - this.#outStart, 0));
    for (; this.#tick < endTick; this.#tick += 1) {
      for (const [id, entry] of this.#voices) this.#push(id, entry);
      this.#mixer.tick();
    }
    return this.#out;
  }

  /** Frees everything. Can be called twice. */
  close(): void {
    this.#mixer.close();
    this.#voices.clear();
  }

  #push(id: string, entry: { readonly voice: Voice; source: AudioSource | null }): void {
    const { voice } = entry;
    if (this.#tick < voice.firstTick) return;
    if (this.#tick >= voice.endTick) {
      this.#mixer.removeSource(id);
      this.#voices.delete(id);
      return;
    }
    entry.source ??= this.#mixer.addSource(id);
    voice.push(entry.source, this.#tick);
  }
}
