import { blockSamples, frameSamples } from './format.ts';
import { LevelGate, type GateSettings } from './gate.ts';
import { Resampler } from './resampler.ts';
import { fadeOut, SourceRing } from './source-ring.ts';
import { SpeechDetector } from './speech-detector.ts';

/** Where a participant's sound enters the mixer. */
export interface AudioSource {
  /** The id it was added under. */
  readonly id: string;
  /**
   * Hands over what was just decoded; any length, typically 10 ms. The samples are copied. Does nothing once the source
   * was removed.
   *
   * @param samples - Interleaved 16-bit PCM.
   * @param sampleRate - Its rate in Hz; may change from call to call.
   * @param channelCount - Its channels, 1 when omitted; averaged to mono.
   * @throws RangeError when the rate or the channel count makes no sense.
   */
  push(samples: Int16Array, sampleRate: number, channelCount?: number): void;
  /**
   * Hands over mono sound at 48 kHz, as {@link AudioSource.push} does; for sources that keep to that.
   *
   * @param samples - Within [-1, 1], any length.
   */
  pushMono(samples: Float32Array): void;
}

/** One source from its samples' arrival to its frame in the mix; driven by the mixer once per tick. */
export class MixedSource implements AudioSource {
  readonly id: string;
  /** Whether its frames are part of the mix; set by the mixer. */
  inMix = false;
  readonly #resampler = new Resampler();
  readonly #ring = new SourceRing();
  readonly #gate: LevelGate;
  readonly #speech = new SpeechDetector();
  #removed = false;
  /** Its last frame ended in silence, or there was none: the next one fades in. */
  #silenced = true;
  /** Samples of ticks that passed since it last brought anything. */
  #starved = 0;

  constructor(id: string, settings: GateSettings) {
    this.id = id;
    this.#gate = new LevelGate(settings);
  }

  /** Recent RMS as a fraction of full scale. */
  get level(): number {
    return this.#gate.level;
  }

  /** Whether somebody speaks here, to be heard in the mix. */
  get isSpeaking(): boolean {
    return this.#speech.isSpeaking;
  }

  /** How much of the last second was speech, in milliseconds. */
  get speechMs(): number {
    return this.#speech.speechMs;
  }

  /** How much and how loud the speech of the last second was. */
  get prominence(): number {
    return this.#speech.prominence;
  }

  /** Removed and no longer heard: nothing more will come of it. */
  get isGone(): boolean {
    return this.#removed && !this.inMix;
  }

  push(samples: Int16Array, sampleRate: number, channelCount = 1): void {
    if (this.#removed) return;
    this.pushMono(this.#resampler.convert(samples, sampleRate, channelCount));
  }

  pushMono(pcm: Float32Array): void {
    if (this.#removed) return;
    for (let start = 0; start < pcm.length; start += blockSamples) {
      const end = Math.min(start + blockSamples, pcm.length);
      this.#gate.hear(pcm, start, end, this.#ring.tail);
      this.#ring.write(pcm, start, end);
    }
    this.#starved = 0;
  }

  /** Takes no more samples and leaves the mix by a fade. */
  remove(): void {
    this.#removed = true;
    this.#resampler.close();
    this.#speech.reset();
  }

  /**
   * To be called once per tick, before anything else.
   *
   * @returns Whether the source belongs into this tick's mix.
   */
  prepare(): boolean {
    if (this.#removed) return this.inMix && !this.#silenced;
    this.#ring.prepare(this.inMix ? 'splice' : this.#gate.isIdle ? 'jump' : 'none');
    if (!this.#ring.isPlaying) this.#starved += frameSamples;
    // A source that stalls stands still in its ring; its hangover passes all the same.
    const open = this.#gate.isOpen(this.#ring.head + this.#starved);
    return open && (this.inMix || this.#ring.isPlaying);
  }

  /**
   * Renders its next frame.
   *
   * @param out - Receives 960 samples.
   */
  render(out: Float32Array): void {
    const last = this.#removed || this.#gate.closesAfter(this.#ring.head);
    if (this.#silenced) this.#ring.fadeIn();
    this.#ring.take(out);
    if (!this.#removed) this.#speech.hear(out);
    if (last) fadeOut(out);
    this.#silenced = last;
  }

  /** Lets a frame pass that is not in the mix. */
  pass(): void {
    this.#ring.pass();
    this.#speech.reset();
    this.#silenced = true;
  }
}
