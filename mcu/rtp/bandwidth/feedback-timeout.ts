/** Feedback comes every 50 to 250 ms; twice that is late. */
const leastMs = 600;
const mostMs = 3000;
/** Before the first feedback, and with receiver reports, which are rare. */
const patientMs = 3000;
const reportMs = 8000;
/** The decrease, and how often (libwebrtc: send_side_bandwidth_estimation.cc, RttBasedBackoff, has 0.8 each second). */
const share = 0.8;
const intervalMs = 500;

/**
 * Backs off while packets are sent and nothing is heard of them. What was taken back is given back if it turns out that
 * only feedback was lost.
 */
export class FeedbackTimeout {
  /** When it last lowered the rate; −Infinity if never. */
  loweredMs = -Infinity;
  /** The first packet sent since the last feedback; null if none was. */
  #waitingSinceMs: number | null = null;
  #hears: 'nothing' | 'feedback' | 'reports' = 'nothing';
  /** The estimate before it was lowered. */
  #before: number | null = null;

  /** A packet leaves. */
  onSent(nowMs: number): void {
    this.#waitingSinceMs ??= nowMs;
  }

  /**
   * Something was heard.
   *
   * @returns The estimate of before a time-out that this ends, bits per second; null if there was none.
   */
  onHeard(what: 'feedback' | 'reports'): number | null {
    this.#waitingSinceMs = null;
    this.#hears = what;
    const before = this.#before;
    this.#before = null;
    return before;
  }

  /**
   * @param rate - The estimate, bits per second.
   * @param acknowledged - What arrived when it last did, bits per second; null if nothing did.
   * @param rttMs - Send to feedback; null if unknown.
   * @returns The new estimate, bits per second.
   */
  update(rate: number, acknowledged: number | null, rttMs: number | null, nowMs: number): number {
    const since = this.#waitingSinceMs;
    if (since === null || nowMs - since < this.#limitMs(rttMs)) return rate;
    if (nowMs - this.loweredMs < intervalMs) return rate;
    this.loweredMs = nowMs;
    this.#before ??= rate;
    return share * (acknowledged === null ? rate : Math.min(rate, 1.5 * acknowledged));
  }

  #limitMs(rttMs: number | null): number {
    switch (this.#hears) {
      case 'nothing':
        return patientMs;
      case 'reports':
        return reportMs;
      case 'feedback':
        return Math.min(mostMs, Math.max(leastMs, 300 + 2 * (rttMs ?? 0)));
      default:
        return this.#hears satisfies never;
    }
  }
}
