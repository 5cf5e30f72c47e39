import type { Redundancy } from '../rtp/index.ts';

/** Loss is averaged over about this long, in milliseconds. */
const memoryMs = 3000;
/** From this loss on sound is sent twice. Below it in-band FEC repairs what there is, for less. */
const onLoss = 0.02;
/** And thrice from here on: two packets in a row are missed often. */
const twiceLoss = 0.1;
/** Back to twice below this. */
const onceLoss = 0.05;
/** Loss has to stay below this ... */
const offLoss = 0.01;
/** ... for so long until sound is sent once again, in milliseconds. */
const offAfterMs = 10_000;

/**
 * Decides by the loss a receiver reports how many earlier frames ride along with its sound: soon on, and off only after
 * a while without loss, for what is lost once is often lost again. It has no clock and no timers.
 */
export class RedPolicy {
  #loss = 0;
  #toldMs: number | null = null;
  #calmSinceMs: number | null = null;
  #redundancy: Redundancy = 0;

  /** So many earlier frames as of the last report. */
  get redundancy(): Redundancy {
    return this.#redundancy;
  }

  /**
   * Takes a report, about once a second; a later one counts for the time since the one before.
   *
   * @param fraction - Loss since the last report, from 0 to 1.
   * @param nowMs - Monotonic milliseconds.
   */
  onLoss(fraction: number, nowMs: number): void {
    const elapsedMs = this.#toldMs === null ? 1000 : nowMs - this.#toldMs;
    this.#toldMs = nowMs;
    this.#loss += (fraction - this.#loss) * (1 - Math.exp(-Math.max(0, elapsedMs) / memoryMs));
    if (this.#loss >= offLoss) this.#calmSinceMs = null;
    else this.#calmSinceMs ??= nowMs;
    this.#redundancy = this.#decide(nowMs);
  }

  #decide(nowMs: number): Redundancy {
    const loss = this.#loss;
    if (loss >= twiceLoss) return 2;
    if (this.#redundancy === 2) return loss < onceLoss ? 1 : 2;
    if (loss >= onLoss) return 1;
    const isCalm = this.#calmSinceMs !== null && nowMs - this.#calmSinceMs >= offAfterMs;
    return isCalm ? 0 : this.#redundancy;
  }
}
