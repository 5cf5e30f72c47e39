import { type Clock, runTicks, type Sleep, type Ticker } from '../../mixer/clock.ts';
import { audioTickMs } from './audio-output.ts';

/** Sound is due between the pictures, not behind them: receivers buffer for the jitter they see. */
const audioOffsetMs = 17;
/** A tick that takes longer is as if the event loop stood still. */
const longestTickMs = 1000;

type Work = (tick: number, dueMs: number) => Promise<void>;

/** What {@link RoomTicks} needs. */
export interface RoomTicksOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Picture ticks a second. */
  readonly fps: number;
  /** The work of a picture tick, as {@link runTicks} has it. */
  readonly picture: Work;
  /** The work of a tick of the sound. */
  readonly sound: Work;
  /** Told what a tick threw; the ticks go on. */
  readonly onError: (error: unknown) => void;
}

/** A room's ticks, of picture and sound, and whether they go on. They begin at once. */
export class RoomTicks {
  readonly #options: RoomTicksOptions;
  readonly #picture: Ticker;
  readonly #sound: Ticker;
  /** When picture and sound last had a tick that came to its end. */
  readonly #endedMs: { picture: number; sound: number };
  /** When picture tick 0 was due. */
  #startMs = 0;

  constructor(options: RoomTicksOptions) {
    this.#options = options;
    const { clock, sleep, fps, picture, sound, onError } = options;
    const openedMs = clock.now();
    this.#endedMs = { picture: openedMs, sound: openedMs };
    const noting = (kind: 'picture' | 'sound', work: Promise<void>): Promise<void> =>
      work.finally(() => {
        this.#endedMs[kind] = clock.now();
      });
    this.#picture = runTicks({
      ...{ clock, sleep, onError },
      periodMs: 1000 / fps,
      onTick: async (tick, dueMs) => {
        this.#startMs = dueMs - (tick * 1000) / fps;
        await noting('picture', picture(tick, dueMs));
      },
    });
    this.#sound = runTicks({
      ...{ clock, sleep, onError },
      periodMs: audioTickMs,
      offsetMs: audioOffsetMs,
      onTick: (tick, dueMs) => noting('sound', sound(tick, dueMs)),
    });
  }

  /** Whether picture and sound go on: not where an encoder never comes to an end. */
  get isTicking(): boolean {
    const { clock, fps } = this.#options;
    const { picture, sound } = this.#endedMs;
    const limitMs = Math.max(longestTickMs, (2 * 1000) / fps);
    return clock.now() - Math.min(picture, sound) < limitMs;
  }

  /** Ticks that came too late so far, and were left out. */
  get skipped(): { readonly picture: number; readonly sound: number } {
    return { picture: this.#picture.skipped, sound: this.#sound.skipped };
  }

  /**
   * The moment a picture tick's composite is of, in milliseconds of the clock. Pictures wait for their tick, half a tick in
   * the mean.
   */
  timeOf(tick: number): number {
    return this.#startMs + ((tick - 0.5) * 1000) / this.#options.fps;
  }
}
