/** Least loudness of a voice, in dB below full scale: what is softer is not meant for anybody here. */
const leastVoice = -45;
/** How far a voice stands out from the noise around, in dB. */
const aboveNoise = 10;
/** How fast what is always there comes to count as noise, in dB a second. */
const noiseRise = 2;
/** How much of the last second has to be loud: one cough is not talking. */
const windowMs = 1000;
const leastLoudMs = 400;
/** More than lies between two measurements: the page was not seen meanwhile, and nothing is known of it. */
const gapMs = 300;

/** Tells from the loudness of a microphone whether somebody talks. Pure: times come from outside. */
export class TalkDetector {
  #noise = 0;
  #lastMs: number | null = null;
  #loud: { readonly atMs: number; readonly lastsMs: number }[] = [];

  /**
   * Takes the next measurement.
   * @param decibels - below full scale, of the time since the last one
   * @param nowMs - milliseconds of any clock that only goes forward
   * @returns whether somebody has been talking in the last second
   */
  hear(decibels: number, nowMs: number): boolean {
    const lastsMs = Math.min(nowMs - (this.#lastMs ?? nowMs), gapMs);
    this.#lastMs = nowMs;
    this.#noise = Math.min(this.#noise + (noiseRise * lastsMs) / 1000, decibels);
    this.#loud = this.#loud.filter(({ atMs }) => nowMs - atMs < windowMs);
    if (decibels > Math.max(leastVoice, this.#noise + aboveNoise)) {
      this.#loud.push({ atMs: nowMs, lastsMs });
    }
    return this.#loud.reduce((sum, each) => sum + each.lastsMs, 0) >= leastLoudMs;
  }
}
