import type { LinkState } from './link-state.ts';

/** What becomes of a probe. */
export type ProbeOutcome =
  | { readonly kind: 'running' }
  /** The path took the target rate for the whole stretch. */
  | { readonly kind: 'passed' }
  /** It did not; what did arrive, in bits a second. */
  | { readonly kind: 'failed'; readonly bitsPerSecond: number };

/** Each step asks for so much more than the one before. */
const growth = 1.5;
/** A step must be longer than feedback takes, or the path is flooded before it can complain. */
const leastStepMs = 100;
const mostStepMs = 500;
const feedbackMs = 60;
/** How long the target is held. */
const leastHoldMs = 500;
/** Longest wait for the result behind the end. */
const resultMs = 600;
/** More delay than before the probe, milliseconds, or loss: the path is full. */
const delayLimitMs = 80;
const lossLimit = 0.08;
/** The part of the target that has to arrive. */
const share = 0.88;

/**
 * Whether a path takes more than is sent: padding is added in growing steps until the target is reached, and held there.
 * Ends at the first sign that the path is full, so that nobody hears it: what had been sent too much by then is a step's
 * worth. A burst would be over sooner, but passes a token bucket at line rate.
 */
export class UpProbe {
  /** Names its packets to the estimator, while the target is held; until then null. */
  get tag(): number | null {
    return this.#holdsSinceMs === null || this.#endedMs !== null ? null : this.#number;
  }

  readonly #number: number;
  readonly #target: number;
  readonly #queueBeforeMs: number;
  readonly #lossBefore: number;
  #rate: number;
  #stepUntilMs: number;
  #holdsSinceMs: number | null = null;
  #endedMs: number | null = null;
  #result: number | null = null;

  /**
   * @param number - of the probe, for the estimator
   * @param target - bits a second on the wire, media included
   */
  constructor(number: number, target: number, link: LinkState, nowMs: number) {
    this.#number = number;
    this.#target = target;
    this.#queueBeforeMs = link.queueMs;
    this.#lossBefore = link.lossFraction;
    this.#rate = Math.min(target, link.sentBitsPerSecond * growth);
    this.#stepUntilMs = nowMs + stepMs(link);
  }

  /** What is to be sent now in all, bits a second; 0: nothing more than the media. */
  get bitsPerSecond(): number {
    return this.#endedMs === null ? this.#rate : 0;
  }

  /** The estimator's result for its number: what arrived, null for too little. */
  takeResult(number: number, bitsPerSecond: number | null): void {
    if (number === this.#number) this.#result = bitsPerSecond ?? 0;
  }

  /** Call it every few milliseconds. */
  update(link: LinkState, nowMs: number): ProbeOutcome {
    if (this.#isFull(link)) {
      return { kind: 'failed', bitsPerSecond: link.acknowledgedBitsPerSecond ?? 0 };
    }
    if (this.#result !== null && this.#endedMs !== null) {
      return this.#result >= this.#target * share
        ? { kind: 'passed' }
        : { kind: 'failed', bitsPerSecond: this.#result };
    }
    if (this.#endedMs !== null) {
      const waited = nowMs - this.#endedMs;
      return waited < resultMs + (link.rttMs ?? 0)
        ? { kind: 'running' }
        : { kind: 'failed', bitsPerSecond: link.acknowledgedBitsPerSecond ?? 0 };
    }
    if (nowMs < this.#stepUntilMs) return { kind: 'running' };
    if (this.#holdsSinceMs !== null) {
      this.#endedMs = nowMs;
    } else if (this.#rate < this.#target) {
      this.#rate = Math.min(this.#target, this.#rate * growth);
      this.#stepUntilMs = nowMs + stepMs(link);
    } else {
      this.#holdsSinceMs = nowMs;
      this.#stepUntilMs = nowMs + Math.max(leastHoldMs, 2 * stepMs(link));
    }
    return { kind: 'running' };
  }

  #isFull({ usage, queueMs, lossFraction }: LinkState): boolean {
    return (
      (usage === 'over' && queueMs > this.#queueBeforeMs + delayLimitMs / 2) ||
      queueMs > this.#queueBeforeMs + delayLimitMs ||
      lossFraction > this.#lossBefore + lossLimit
    );
  }
}

function stepMs({ rttMs }: LinkState): number {
  return Math.min(mostStepMs, Math.max(leastStepMs, (rttMs ?? 0) + feedbackMs));
}
