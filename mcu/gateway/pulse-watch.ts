import { pulseMs } from '../protocol/pulse.ts';

const checkMs = 50;
/** Loading native libraries takes a while, on a busy machine a long one. */
const startMs = 30_000;
/** One that is stopped (SIGSTOP) does not come back by itself: that is known after this part of the time a hang takes. */
const stoppedShare = 1 / 3;

/** What a process may do. */
export interface PulseLimits {
  /** One that has told nothing for so long hangs; milliseconds; 0: no limit. */
  readonly hangMs: number;
  /** More memory than this is too much; bytes; 0: no limit. */
  readonly memoryBytes: number;
}

/** What a {@link PulseWatch} has found; each is told once. */
export interface PulseFindings {
  /** It tells nothing any more, for so many milliseconds. */
  hangs(silentMs: number): void;
  /** It has grown too large. */
  isTooLarge(residentBytes: number): void;
}

/**
 * Watches a process that tells every {@link pulseMs} that it lives. No check counts for more than two: when the gateway itself
 * stood still, one comes before what the process told meanwhile.
 */
export class PulseWatch {
  readonly #limits: PulseLimits;
  readonly #findings: PulseFindings;
  readonly #timer: NodeJS.Timeout | undefined;
  #silentMs = 0;
  /** For how long it may tell nothing. */
  #patienceMs = startMs;

  /** @param isStopped - whether it is, as far as the operating system tells; asked only of one that has been silent for long */
  constructor(limits: PulseLimits, findings: PulseFindings, isStopped: () => boolean) {
    this.#limits = limits;
    this.#findings = findings;
    if (limits.hangMs > 0) {
      let checkedMs = performance.now();
      this.#timer = setInterval(() => {
        const nowMs = performance.now();
        this.#silentMs += Math.min(nowMs - checkedMs, 2 * checkMs);
        checkedMs = nowMs;
        if (this.#silentMs <= stoppedShare * limits.hangMs) return;
        if (this.#silentMs <= this.#patienceMs && !isStopped()) return;
        this.close();
        findings.hangs(this.#silentMs);
      }, checkMs);
    }
  }

  /** The process lives. */
  pulse(residentBytes: number): void {
    const { hangMs, memoryBytes } = this.#limits;
    // What was told just before it hung was told up to a pulse before.
    this.#patienceMs = hangMs + pulseMs;
    this.#silentMs = 0;
    if (memoryBytes === 0 || residentBytes <= memoryBytes) return;
    this.close();
    this.#findings.isTooLarge(residentBytes);
  }

  /** Watches no more. */
  close(): void {
    clearInterval(this.#timer);
  }
}
