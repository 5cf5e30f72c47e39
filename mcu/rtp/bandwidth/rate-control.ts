import type { Usage } from './estimate.ts';

/** What {@link RateControl} goes by, filled in anew for each feedback. */
export interface RateInputs {
  /** Monotonic milliseconds. */
  nowMs: number;
  /** What the delay detector says. */
  usage: Usage;
  /** Whether it says over-use because the queue grows. */
  isGrowing: boolean;
  /** What arrived in the last second, bits per second; null before there is anything. */
  acknowledged: number | null;
  /** What arrives while packets wait for each other, bits per second: what the path takes. Null if they do not. */
  busyRate: () => number | null;
  /** What is sent, bits per second. */
  sent: number;
  /** The standing queue, milliseconds. */
  queueMs: number;
  /** What the path has lately delivered at once, bits per second; 0 if nothing. */
  bunched: number;
  /** What was sent and not told of yet, bits. */
  inFlight: number;
  /** Send to feedback, milliseconds; and the least of it lately. */
  rttMs: number;
  /** The least of it lately, milliseconds. */
  baseRttMs: number;
  /** Whether losses allow a rise. */
  mayRise: boolean;
}

/** Of what the path takes, what is asked for after over-use: with no queue to empty, and with a long one. */
const backOff = { least: 0.9, most: 0.85, fromMs: 30, toMs: 150 };
/** A queue that this does not empty in time costs more, down to this share of what the path takes. */
const drain = { share: 0.65, withinMs: 1500, fromMs: 300 };
/** And to this one where sound would come more than a second late. */
const longQueue = { ms: 1000, share: 0.4 };
/** What is asked for once the queue is empty. */
const restored = 0.9;
const emptyMs = 25;
/** So long a measured capacity is believed. */
const freshMs = 5000;
/** How long a decrease is given to show, beyond a round trip; not if the path takes so much less again. */
const responseMs = 200;
const farBelow = 0.8;
/** A path that has lately delivered so many times what is sent at once is not too narrow for it, while no queue is long. */
const ample = { times: 2, mostQueueMs: 200 };
/** So often it is lowered for a queue that stands and does not grow. */
const standingMs = 5000;
/** Who sends at most so much more than the estimate has followed it. */
const obeyed = 1.1;

// libwebrtc: remote_bitrate_estimator/aimd_rate_control.cc.
const headroom = 1.5;
const headroomBits = 10_000;
const leastRise = 1000;
const leastAdditiveRise = 4000;
const packetBits = 9600;
const framesPerSecond = 30;
/** Rise per second where capacity is unknown: 8 %, and more the longer no queue has shown. */
const rise = { slow: 0.08, fast: 0.3, perSecond: 0.04 };
/** After a time-out it rises as it does after so long. */
const restartSeconds = 5;
/** Who receives so much more than the capacity once found has a new one to find. */
const outgrown = 1.15;
const longestStepMs = 1000;

/**
 * Additive increase, multiplicative decrease on what the delay says, bounded by what arrives. It differs from
 * libwebrtc's in that the decrease is from the rate at which a busy path delivers, not from a mean over a second, that
 * a long queue is emptied faster, and that the rate goes back near to the capacity once it is empty.
 */
export class RateControl {
  /** When delay last lowered the rate; −Infinity if never. */
  loweredMs = -Infinity;
  /** What the path took when it was last busy, bits per second; null if unknown. */
  #capacity: number | null = null;
  #capacityMs = -Infinity;
  #isDraining = false;
  #lastMs: number | null = null;
  #risingSinceMs: number | null = null;

  /**
   * @param rate - The estimate, bits per second.
   * @param inputs - What is known now.
   * @returns The new estimate, bits per second.
   */
  update(rate: number, inputs: RateInputs): number {
    const stepMs = Math.min(
      longestStepMs,
      Math.max(0, inputs.nowMs - (this.#lastMs ?? inputs.nowMs)),
    );
    this.#lastMs = inputs.nowMs;
    switch (inputs.usage) {
      case 'over':
        this.#risingSinceMs = null;
        return this.#lower(rate, inputs);
      case 'under':
        this.#risingSinceMs = null;
        return this.#drain(rate, inputs);
      case 'normal':
        if (!this.#isDraining) return this.#raise(rate, inputs, stepMs);
        this.#risingSinceMs = null;
        return this.#drain(rate, inputs);
      default:
        inputs.usage satisfies never;
        return rate;
    }
  }

  /** Nothing was heard for a while: what the path takes now is to be found out, and quickly. */
  restart(nowMs: number): void {
    this.#capacity = null;
    this.#isDraining = false;
    this.#risingSinceMs = nowMs - restartSeconds * 1000;
  }

  /** A probe has shown more than the capacity that was known. */
  outgrow(bitsPerSecond: number): void {
    if (this.#capacity !== null && bitsPerSecond > this.#capacity) this.#capacity = null;
  }

  #lower(rate: number, inputs: RateInputs): number {
    const capacity = inputs.busyRate();
    if (capacity === null) return rate;
    const isAmple = inputs.bunched >= ample.times * Math.max(rate, inputs.sent);
    if (isAmple && inputs.queueMs < ample.mostQueueMs) return rate;
    this.#isDraining = true;
    const isEarly = inputs.nowMs - this.loweredMs < inputs.baseRttMs + responseMs;
    if (isEarly && capacity > farBelow * rate) return rate;
    this.#capacity = capacity;
    this.#capacityMs = inputs.nowMs;
    // Of a queue that stands and does not grow, the rate was lowered already; if it is others', more does not help.
    if (!inputs.isGrowing && inputs.nowMs - this.loweredMs < standingMs) {
      return this.#drain(rate, inputs);
    }
    const { least, most, fromMs, toMs } = backOff;
    const queued = Math.min(1, Math.max(0, (inputs.queueMs - fromMs) / (toMs - fromMs)));
    const target = capacity * (least + (most - least) * queued);
    if (target >= rate) return this.#drain(rate, inputs);
    this.loweredMs = inputs.nowMs;
    return target;
  }

  /** Waits for the queue to be empty; lowers the rate further if that would take too long. */
  #drain(rate: number, inputs: RateInputs): number {
    if (this.#capacity === null || !this.#isDraining) return rate;
    const { nowMs, queueMs } = inputs;
    if (queueMs >= emptyMs) this.#measure(inputs);
    const capacity = this.#capacity;
    if (queueMs < emptyMs && inputs.usage !== 'over') {
      this.#isDraining = false;
      const isFresh = nowMs - this.#capacityMs < freshMs;
      return isFresh ? Math.max(rate, restored * capacity) : rate;
    }
    const sinceMs = nowMs - this.loweredMs;
    if (sinceMs > freshMs) this.#isDraining = false;
    // Feedback tells of the queue as it was; what is in flight tells of it as it is.
    const queuedMs = (inputs.inFlight * 1000) / capacity - inputs.baseRttMs;
    const hasObeyed = sinceMs > inputs.baseRttMs + responseMs && inputs.sent <= obeyed * rate;
    const drainMs = (queuedMs * capacity) / Math.max(1, capacity - inputs.sent);
    if (!hasObeyed || queuedMs < drain.fromMs || drainMs < drain.withinMs) return rate;
    const share = queuedMs > longQueue.ms ? longQueue.share : drain.share;
    const target = capacity * Math.max(share, 1 - queuedMs / drain.withinMs);
    if (target >= rate) return rate;
    this.loweredMs = nowMs;
    return target;
  }

  /** As long as there is a queue, what arrives is what the path takes. */
  #measure({ busyRate, nowMs }: RateInputs): void {
    const capacity = busyRate();
    if (capacity === null) return;
    this.#capacity = capacity;
    this.#capacityMs = nowMs;
  }

  #raise(rate: number, inputs: RateInputs, stepMs: number): number {
    const { acknowledged, nowMs } = inputs;
    if (acknowledged === null || !inputs.mayRise) {
      this.#risingSinceMs = null;
      return rate;
    }
    if (this.#capacity !== null && acknowledged > outgrown * this.#capacity) this.#capacity = null;
    const limit = headroom * acknowledged + headroomBits;
    if (rate >= limit) {
      this.#risingSinceMs = null;
      return rate;
    }
    this.#risingSinceMs ??= nowMs;
    const capacity = this.#capacity;
    const perSecond =
      capacity !== null && rate > 0.9 * capacity
        ? nearCapacityRise(rate, inputs.rttMs)
        : Math.max(leastRise, rate * this.#riseOf(nowMs, inputs.queueMs));
    return Math.min(limit, rate + (perSecond * stepMs) / 1000);
  }

  #riseOf(nowMs: number, queueMs: number): number {
    if (queueMs > emptyMs) this.#risingSinceMs = nowMs;
    const seconds = (nowMs - (this.#risingSinceMs ?? nowMs)) / 1000;
    return Math.min(rise.fast, rise.slow + rise.perSecond * seconds);
  }
}

/** A packet more in the time it takes to notice that it was too much. */
function nearCapacityRise(rate: number, rttMs: number): number {
  const frameBits = rate / framesPerSecond;
  const bits = frameBits / Math.ceil(frameBits / packetBits);
  return Math.max(leastAdditiveRise, (bits * 1000) / (2 * (rttMs + 100)));
}
