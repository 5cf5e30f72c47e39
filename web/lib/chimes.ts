import type { Tone } from './client/index.ts';

/** Three tones upwards, long enough to turn the volume by them. */
export const testTones: readonly Tone[] = [
  { hertz: 523, atMs: 0, lastsMs: 350, peak: 0.2 },
  { hertz: 659, atMs: 300, lastsMs: 350, peak: 0.2 },
  { hertz: 784, atMs: 600, lastsMs: 600, peak: 0.2 },
];

/** Two soft tones: up for who comes, down for who goes. */
export const presenceTones: Readonly<Record<'joined' | 'left', readonly Tone[]>> = {
  joined: [
    { hertz: 523, atMs: 0, lastsMs: 250, peak: 0.07 },
    { hertz: 784, atMs: 130, lastsMs: 400, peak: 0.07 },
  ],
  left: [
    { hertz: 659, atMs: 0, lastsMs: 250, peak: 0.07 },
    { hertz: 440, atMs: 130, lastsMs: 400, peak: 0.07 },
  ],
};

/** In a room of more, people come and go all the time. */
const mostPeople = 8;
/** Who comes and goes within so many milliseconds of each other is heard once. */
const pauseMs = 1000;

/** Decides whether somebody's coming or going is heard. Pure: times come from outside. */
export class PresenceChimes {
  #lastMs = -Infinity;

  /**
   * Whether to play a sound now.
   * @param people - in the room now, oneself included
   * @param nowMs - milliseconds of any clock that only goes forward
   */
  isHeard(people: number, nowMs: number): boolean {
    const isPause = nowMs - this.#lastMs < pauseMs;
    this.#lastMs = nowMs;
    return !isPause && people <= mostPeople;
  }
}
