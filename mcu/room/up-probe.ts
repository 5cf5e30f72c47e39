import type { LinkState } from './link-state.ts';

/** What becomes of a probe. */
export type ProbeOutcome =
  | { readonly kind: 'running' }
  /** The path took all the rates. */
  | { readonly kind: 'passed' }
  /** It did not; what it did take, in bits a second. */
  | { readonly kind: 'failed'; readonly bitsPerSecond: number };

/** Each step asks for so much more than the one before: little where there is little to overshoot into. */
function growthAt(bitsPerSecond: number): number {
  if (bitsPerSecond < 60_000) return 1.3;
  return bitsPerSecond < 300_000 ? 1.05 : 1.12;
}
/** A step must be longer than feedback takes, or the path is flooded before it can complain. */
const leastStepMs = 100;
const mostStepMs = 500;
const feedbackMs = 60;
/** How long each rate is held. */
const leastHoldMs = 600;
/** Longest wait for the last result behind the end. */
const resultMs = 600;
/** After the first sign that the path is full it takes so long, and a round trip, until the estimate tells of it. */
const verdictMs = 300;
/** More delay than before the probe, milliseconds, or loss: the path is full. */
const delayLimitMs = 60;
const lossLimit = 0.08;
/** The part of what was sent that has to arrive, and the part of a rate that must have been sent. */
const share = 0.88;
const leastSent = 0.85;

/**
 * Whether a path takes more than is sent: padding is added in growing steps, and each of some rates is held for a while,
 * which must arrive. Ends at the first sign that the path is full, so that hardly anybody hears it: what had been sent
 * too much by then is a step's worth. A burst would be over sooner, but passes a token bucket at line rate; for the same
 * reason the rates in between are held too.
 */
export class UpProbe {
  readonly #firstTag: number;
  readonly #rates: readonly number[];
  readonly #queueBeforeMs: number;
  readonly #lossBefore: number;
  /** Which of the rates is next, or is held. */
  #index = 0;
  #holds = false;
  #rate: number;
  #untilMs: number;
  #endedMs: number | null = null;
  #fullSinceMs: number | null = null;
  /** How many of the rates have arrived. */
  #proven = 0;
  #missed = false;
  #mostArrived = 0;
  /** Bytes sent while each rate was held, and for how long. */
  readonly #sent: { bytes: number; ms: number }[];

  /**
   * @param firstTag - names its packets to the estimator; the next ones name those of the later rates
   * @param rates - bits a second on the wire, media included, growing; at least one
   */
  constructor(firstTag: number, rates: readonly number[], link: LinkState, nowMs: number) {
    this.#firstTag = firstTag;
    this.#rates = rates;
    this.#sent = rates.map(() => ({ bytes: 0, ms: 0 }));
    this.#queueBeforeMs = link.queueMs;
    this.#lossBefore = link.lossFraction;
    this.#rate = Math.min(this.#aim, link.sentBitsPerSecond * growthAt(link.sentBitsPerSecond));
    this.#untilMs = nowMs + stepMs(link);
  }

  /** Names the packets that are sent now to the estimator; null: not to be measured. */
  get tag(): number | null {
    return this.#holds && this.bitsPerSecond > 0 ? this.#firstTag + this.#index : null;
  }

  /** What is to be sent now in all, bits a second; 0: nothing more than the media. */
  get bitsPerSecond(): number {
    return this.#endedMs === null && this.#fullSinceMs === null ? this.#rate : 0;
  }

  /** A packet has left. */
  sent(wireBytes: number): void {
    const sent = this.#sent[this.#index];
    if (this.tag !== null && sent !== undefined) sent.bytes += wireBytes;
  }

  /** The estimator's result for a tag: what arrived, null for too little. */
  takeResult(tag: number, bitsPerSecond: number | null): void {
    const index = tag - this.#firstTag;
    const rate = this.#rates[index];
    const sent = this.#sent[index];
    if (rate === undefined || sent === undefined) return;
    // Pictures come in lumps: it may have been a little less than was meant to be.
    const sentRate = Math.max(leastSent * rate, Math.min(rate, (sent.bytes * 8000) / sent.ms));
    if ((bitsPerSecond ?? 0) >= sentRate * share) this.#proven = Math.max(this.#proven, index + 1);
    else this.#missed = true;
  }

  /** Call it every few milliseconds. */
  update(link: LinkState, nowMs: number): ProbeOutcome {
    this.#mostArrived = Math.max(this.#mostArrived, link.acknowledgedBitsPerSecond ?? 0);
    if (this.#missed || this.#isFull(link)) this.#fullSinceMs ??= nowMs;
    if (this.#fullSinceMs !== null) {
      const isSettled = nowMs - this.#fullSinceMs >= verdictMs + (link.rttMs ?? 0);
      return isSettled ? this.#failed(link) : { kind: 'running' };
    }
    if (this.#endedMs !== null) {
      if (this.#proven === this.#rates.length) return { kind: 'passed' };
      const isOver = nowMs - this.#endedMs > resultMs + (link.rttMs ?? 0);
      return isOver ? this.#failed(link) : { kind: 'running' };
    }
    if (nowMs >= this.#untilMs) this.#step(link, nowMs);
    return { kind: 'running' };
  }

  get #aim(): number {
    return this.#rates[this.#index] ?? 0;
  }

  #step(link: LinkState, nowMs: number): void {
    if (!this.#holds && this.#rate >= this.#aim) {
      this.#holds = true;
      const holdMs = Math.max(leastHoldMs, 2 * stepMs(link));
      const sent = this.#sent[this.#index];
      if (sent !== undefined) sent.ms = holdMs;
      this.#untilMs = nowMs + holdMs;
      return;
    }
    if (this.#holds) {
      if (this.#index + 1 === this.#rates.length) {
        this.#endedMs = nowMs;
        return;
      }
      this.#holds = false;
      this.#index += 1;
    }
    this.#rate = Math.min(this.#aim, this.#rate * growthAt(this.#rate));
    this.#untilMs = nowMs + stepMs(link);
  }

  /** What the path did carry: what it was lowered to, what was held, or else the most that came. */
  #failed({ limitedBy, bitsPerSecond }: LinkState): ProbeOutcome {
    const arrived = limitedBy === 'nothing' ? this.#mostArrived * share : bitsPerSecond;
    const held = this.#rates[this.#proven - 1] ?? 0;
    return { kind: 'failed', bitsPerSecond: Math.max(arrived, held) };
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
