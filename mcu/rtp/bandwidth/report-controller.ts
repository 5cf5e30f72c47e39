// libwebrtc: goog_cc/send_side_bandwidth_estimation.cc, the controller without transport-wide feedback.
const lowLoss = 0.02;
const highLoss = 0.1;
const risePerSecond = 0.08;
const leastRise = 1000;
const decreaseIntervalMs = 300;
const longestStepMs = 5000;
/** A round trip that is so much longer than the shortest has a queue in it. */
const queue = { ms: 150, share: 0.85 };
const headroom = 1.5;
const headroomBits = 10_000;
/** The shortest round trip is forgotten slowly: 1 ms a second. */
const baseRisePerMs = 0.001;

/**
 * The estimate where receiver reports are all there is: losses, and the round trip where the reports tell it. Reports
 * come every one to five seconds, so it is slow.
 */
export class ReportController {
  /** When it last lowered the rate, and why. */
  loweredMs = -Infinity;
  /** What the last decrease was for. */
  reason: 'delay' | 'loss' = 'loss';
  /** How much longer the last round trip was than the shortest, milliseconds. */
  queueMs = 0;
  #baseRttMs = Infinity;
  #lastMs: number | null = null;

  /**
   * Takes a report block.
   *
   * @param rate - The estimate, bits per second.
   * @param fractionLost - 0 to 1.
   * @param rttMs - Null if the report does not tell it.
   * @param sent - What is sent, bits per second.
   * @returns The new estimate, bits per second.
   */
  update(
    rate: number,
    fractionLost: number,
    rttMs: number | null,
    sent: number,
    nowMs: number,
  ): number {
    const stepMs = Math.min(longestStepMs, Math.max(0, nowMs - (this.#lastMs ?? nowMs)));
    this.#lastMs = nowMs;
    if (rttMs !== null) {
      this.#baseRttMs = Math.min(this.#baseRttMs + stepMs * baseRisePerMs, rttMs);
      this.queueMs = rttMs - this.#baseRttMs;
    }
    const mayLower = nowMs - this.loweredMs >= decreaseIntervalMs + (rttMs ?? 0);
    if (fractionLost > highLoss) {
      if (!mayLower) return rate;
      this.loweredMs = nowMs;
      this.reason = 'loss';
      return Math.min(rate, headroom * sent + headroomBits) * (1 - fractionLost / 2);
    }
    if (this.queueMs > queue.ms) {
      if (!mayLower) return rate;
      this.loweredMs = nowMs;
      this.reason = 'delay';
      return Math.min(rate, sent * queue.share);
    }
    const limit = headroom * sent + headroomBits;
    if (fractionLost > lowLoss || rate >= limit) return rate;
    const perSecond = Math.max(leastRise, rate * risePerSecond);
    return Math.min(limit, rate + (perSecond * stepMs) / 1000);
  }
}
