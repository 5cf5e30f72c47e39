import { frameSamples, sampleRate } from './format.ts';
import { VoiceBand } from './speech-band.ts';
import { isPeriodic } from './speech-pitch.ts';
import { SpectrumShape } from './speech-spectrum.ts';

const frameMs = (frameSamples * 1000) / sampleRate;
/** Speech is counted over this many frames: a second. */
const windowFrames = 50;
/** So many of them make a speaker: a syllable or two. None of them unmakes one. */
const speakingFrames = 6;

/** Nothing below -62 dBFS within the voice band is speech. */
const floorPower = 10 ** -6.2;

/** From this periodicity on a frame is voiced. */
const voicedPeriodicity = 0.6;
/** A voice has kept within 6 dB of its peak for so many frames; what was struck fades faster than that. */
const sustainedFrames = 3;
const sustainedRatio = 10 ** -0.6;

/** Spectra are compared with those of so many frames before. */
const comparedFrames = 3;
/** How steady speech may be: 998 of 1,000 frames of clean speech are below it, 9 of 10 of real music above. */
const steadyLimit = 0.23;
/** No sound counts as steadier than this: the first words after a long note are not lost. */
const steadyMost = 0.4;
/** What is assumed of a new sound: too little to refuse its first word. */
const steadyStart = 0.2;
/** Weight of a frame in the mean, which so follows within 0.4 s. */
const steadyWeight = 0.05;

/**
 * Tells speech from everything else a microphone hears, frame by frame.
 *
 * A frame counts as speech when three things hold. It is **voiced**: it repeats itself with the period of a voice, as noise
 * and hiss do not. The voice has been **sustained** for some frames, as a key or a knock is not. And the sound of late has
 * been **changing**: pitch and vowel of speech move all the time, so that its spectrum is another after 60 ms, whereas notes
 * and tones stand and then jump. (The idea of telling speech from music by how much the spectrum moves is that of E.
 * Scheirer and M. Slaney, "Construction and evaluation of a robust multifeature speech/music discriminator", ICASSP 1997.)
 *
 * What it does not hear: whispering, and a machine that speaks on one note. What it takes for speech: lively singing, and
 * sirens.
 *
 * Costs about 25 µs a frame. The same frames give the same answers.
 */
export class SpeechDetector {
  readonly #band = new VoiceBand();
  /** A ring: the spectra of this frame and the ones it is compared with. */
  readonly #spectra = Array.from({ length: comparedFrames + 1 }, () => new SpectrumShape());
  /** A ring: how loud the speech in each frame of the last second was, 0 where there was none. */
  readonly #window = new Float64Array(windowFrames);
  /** Frames of the window with speech. */
  #count = 0;
  #frames = 0;
  #voicedFrames = 0;
  #voicePeak = 0;
  #steadiness = steadyStart;
  #speaking = false;

  /** How much of the last second was speech, in milliseconds; speech without pauses reaches about 700. */
  get speechMs(): number {
    return this.#count * frameMs;
  }

  /**
   * How much speech the last second had and how loud it was: the sum over its frames of the root of their amplitude, of no
   * unit. Twice as much speech, or speech 12 dB louder, counts twice.
   */
  get prominence(): number {
    return this.#window.reduce((sum, loudness) => sum + loudness, 0);
  }

  /** Whether this is somebody speaking: from their first syllables until a second after the last. */
  get isSpeaking(): boolean {
    return this.#speaking;
  }

  /**
   * Judges the next frame.
   *
   * @param frame - 960 samples at 48 kHz. Not kept.
   */
  hear(frame: Float32Array): void {
    const power = this.#band.hear(frame);
    const isSound = power > floorPower;
    this.#compareSpectra(isSound);
    this.#followVoice(isSound ? power : 0);
    const isSpeech = this.#voicedFrames >= sustainedFrames && this.#steadiness < steadyLimit;
    this.#record(isSpeech ? Math.sqrt(Math.sqrt(power)) : 0);
  }

  /** Forgets everything. Costs nothing when there is nothing to forget. */
  reset(): void {
    if (this.#frames === 0) return;
    this.#band.reset();
    for (const spectrum of this.#spectra) spectrum.clear();
    this.#window.fill(0);
    this.#count = 0;
    this.#frames = 0;
    this.#voicedFrames = 0;
    this.#steadiness = steadyStart;
    this.#speaking = false;
  }

  #compareSpectra(isSound: boolean): void {
    const spectrum = this.#spectra[this.#frames % this.#spectra.length];
    const before = this.#spectra[(this.#frames + 1) % this.#spectra.length];
    spectrum?.measure(this.#band.samples);
    if (!isSound || !before) return;
    const likeness = spectrum?.likeness(before);
    if (likeness === undefined) return;
    // The eighth power tells "hardly anything changed", which music is for whole notes, from "much alike".
    const alike = Math.max(0, likeness) ** 8;
    const mean = this.#steadiness + (alike - this.#steadiness) * steadyWeight;
    this.#steadiness = Math.min(mean, steadyMost);
  }

  /** @param power - Of the frame, or 0 when it is not worth listening to. */
  #followVoice(power: number): void {
    if (power === 0 || !isPeriodic(this.#band.samples, voicedPeriodicity)) {
      this.#voicedFrames = 0;
      return;
    }
    if (this.#voicedFrames === 0) this.#voicePeak = 0;
    this.#voicePeak = Math.max(this.#voicePeak, power);
    const isKept =
      this.#voicedFrames >= sustainedFrames || power >= this.#voicePeak * sustainedRatio;
    this.#voicedFrames = isKept ? this.#voicedFrames + 1 : 0;
  }

  #record(loudness: number): void {
    const at = this.#frames++ % windowFrames;
    this.#count += Math.sign(loudness) - Math.sign(this.#window[at] ?? 0);
    this.#window[at] = loudness;
    if (this.#count >= speakingFrames) this.#speaking = true;
    else if (this.#count === 0) this.#speaking = false;
  }
}
