import { pulseMs } from '../protocol/pulse.ts';

const checkMs = 50;
/** Loading native libraries takes a while, on a busy machine a long one. */
const startMs = 30_000;

/** What a process may do. */
export interface PulseLimits {
  /** One that has told nothing for so long hangs; milliseconds; 0: no limit. */
  readonly hangMs: number;
  /** More memory than this is too much; bytes; 0: no limit. */
  readonly memoryBytes: number;
}

/** What a {@link PulseWatch} has found; each is told once. */
export interface PulseFindings {
  /** It tells nothing any more. */
  hangs(): void;
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
  /** For how long it may still tell nothing. */
  #patienceMs = startMs;

  constructor(limits: PulseLimits, findings: PulseFindings) {
    this.#limits = limits;
    this.#findings = findings;
    if (limits.hangMs > 0) {
      let checkedMs = performance.now();
      this.#timer = setInterval(() => {
        const nowMs = performance.now();
        this.#patienceMs -= Math.min(nowMs - checkedMs, 2 * checkMs);
        checkedMs = nowMs;
        if (this.#patienceMs >= 0) return;
        this.close();
        findings.hangs();
      }, checkMs);
    }
  }

  /** The process lives. */
  pulse(residentBytes: number): void {
    const { hangMs, memoryBytes } = this.#limits;
    // What was told just before it hung was told up to a pulse before.
    this.#patienceMs = hangMs + pulseMs;
    if (memoryBytes === 0 || residentBytes <= memoryBytes) return;
    this.close();
    this.#findings.isTooLarge(residentBytes);
  }

  /** Watches no more. */
  close(): void {
    clearInterval(this.#timer);
  }
}
