import { ArrivalGroups } from './arrival-groups.ts';
import type { Usage } from './estimate.ts';
import { QueueDelay } from './queue-delay.ts';
import { Trendline } from './trendline.ts';

// libwebrtc: goog_cc/trendline_estimator.cc.
const gain = 4;
const mostDeltas = 60;
const overMs = 10;
const kUp = 0.0087;
const kDown = 0.039;
const firstThreshold = 12.5;
const thresholds = { min: 6, max: 600 };
const mostOffset = 15;
const longestStepMs = 100;

/** A trend alone is noise unless packets stand this much longer than they usually take, and than they jitter. */
const trendQueueMs = 12;
const jitters = 1.5;
/** So long a queue is too long, whether it grows or not. */
const standingQueueMs = 80;
/** A queue that shrinks faster than this (milliseconds per millisecond) is left to it. */
const draining = -0.05;
/** Below this above the least delay the path is not busy. */
const idleMs = 5;

/**
 * Tells from delay whether the path is asked for too much: the trend of delay against a threshold that adapts to its
 * noise, as in libwebrtc, with two more conditions. A trend counts only with a queue behind it, since most of our
 * senders are far below what the path takes and a false alarm would cost them a rung; and a long queue counts
 * without a trend.
 */
export class DelayDetector {
  /** What it says now. */
  usage: Usage = 'normal';
  /** Whether over-use is told from a queue that grows, and not from a long one alone. */
  isGrowing = false;
  /** Since when packets have waited without a pause, on the receiver's clock; null if they do not. */
  busySinceMs: number | null = null;
  readonly #groups = new ArrivalGroups();
  readonly #trendline = new Trendline();
  readonly #queue = new QueueDelay();
  #deltas = 0;
  #threshold = firstThreshold;
  #trend = 0;
  #overMs = -1;
  #overCount = 0;
  #lastSentMs: number | null = null;
  #lastArrivalMs: number | null = null;

  /** The standing queue, milliseconds. */
  get queueMs(): number {
    return this.#queue.standingMs;
  }

  /** The trend of delay, milliseconds per millisecond. */
  get trend(): number {
    return this.#trend;
  }

  /** Takes a packet that arrived, in the order of sending. About a microsecond for each group of packets. */
  add(sentMs: number, arrivalMs: number): void {
    if (!this.#groups.add(sentMs, arrivalMs)) return;
    const { sentMs: sent, arrivalMs: arrival } = this.#groups;
    const sendGapMs = this.#lastSentMs === null ? 0 : sent - this.#lastSentMs;
    this.#lastSentMs = sent;
    this.#deltas = Math.min(mostDeltas, this.#deltas + 1);
    const delayMs = arrival - sent;
    this.#queue.add(delayMs, arrival);
    const idle = this.#queue.lastMs <= idleMs + this.#queue.jitterMs;
    this.busySinceMs = idle ? null : (this.busySinceMs ?? arrival);
    const trend = this.#trendline.add(delayMs, arrival) ?? this.#trend;
    this.#detect(trend, sendGapMs);
    this.#adapt(trend, arrival);
    this.#trend = trend;
  }

  /** Forgets what it knows: the receiver's clock has changed. */
  reset(): void {
    this.#groups.reset();
    this.#trendline.reset();
    this.#queue.reset();
    this.usage = 'normal';
    this.busySinceMs = null;
    this.#deltas = 0;
    this.#trend = 0;
    this.#overMs = -1;
    this.#overCount = 0;
    this.#lastSentMs = null;
    this.#lastArrivalMs = null;
  }

  #detect(trend: number, sendGapMs: number): void {
    const weighed = trend * this.#deltas * gain;
    const { standingMs, jitterMs, usualMs } = this.#queue;
    const noiseMs = Math.max(jitters * jitterMs, usualMs);
    if (weighed > this.#threshold && standingMs > trendQueueMs + noiseMs) {
      // Half of the time before the first sample above the threshold counts as above it.
      this.#overMs = this.#overMs < 0 ? sendGapMs / 2 : this.#overMs + sendGapMs;
      this.#overCount += 1;
      if (this.#overMs > overMs && this.#overCount > 1 && trend >= this.#trend) {
        this.#overMs = 0;
        this.#overCount = 0;
        this.usage = 'over';
        this.isGrowing = true;
      }
      return;
    }
    this.#overMs = -1;
    this.#overCount = 0;
    this.isGrowing = false;
    if (weighed < -this.#threshold) {
      this.usage = 'under';
    } else if (standingMs > standingQueueMs + noiseMs && trend > draining) {
      this.usage = 'over';
    } else {
      this.usage = 'normal';
      this.#queue.noteUsual();
    }
  }

  #adapt(trend: number, arrivalMs: number): void {
    const weighed = Math.abs(trend * this.#deltas * gain);
    const stepMs = Math.min(
      longestStepMs,
      Math.max(0, arrivalMs - (this.#lastArrivalMs ?? arrivalMs)),
    );
    this.#lastArrivalMs = arrivalMs;
    // A sudden fall of capacity is not noise to get used to.
    if (weighed > this.#threshold + mostOffset) return;
    const k = weighed < this.#threshold ? kDown : kUp;
    const moved = this.#threshold + k * (weighed - this.#threshold) * stepMs;
    this.#threshold = Math.min(thresholds.max, Math.max(thresholds.min, moved));
  }
}
