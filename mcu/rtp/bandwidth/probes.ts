import { measureProbe, type ProbeMeasure } from './probe-measure.ts';
import type { SentPackets } from './sent-packets.ts';

/** A probe is over when none of its packets was sent for so long; a picture may take the room of its padding. */
const silenceMs = 300;
/** Feedback that has not come by then will not. */
const patience = { leastMs: 1000, rtts: 3, mostMs: 3000 };
/** At once in flight; more are forgotten unmeasured. */
const most = 8;

interface Probe {
  readonly id: number;
  /** First and last packet, unwrapped; null where packets have no numbers. */
  readonly first: number | null;
  last: number | null;
  lastSentMs: number;
  isOver: boolean;
}

/** A probe that was measured. */
export interface MeasuredProbe extends ProbeMeasure {
  /** As it was named when its packets were sent. */
  readonly probe: number;
}

/** The probes under way: which packets they are made of, when they are over, and what they showed. */
export class Probes {
  readonly #sent: SentPackets;
  readonly #probes: Probe[] = [];

  /** @param sent - The packets. */
  constructor(sent: SentPackets) {
    this.#sent = sent;
  }

  /** Counts a packet of a probe. */
  onSent(id: number, number: number | null, nowMs: number): void {
    let probe = this.#probes.at(-1);
    if (probe?.id !== id) {
      if (probe !== undefined) probe.isOver = true;
      probe = {
        ...{ id, first: number, last: number },
        ...{ lastSentMs: nowMs, isOver: false },
      };
      this.#probes.push(probe);
      if (this.#probes.length > most) this.#probes.shift();
      return;
    }
    probe.lastSentMs = nowMs;
    probe.last = number ?? probe.last;
  }

  /** No more packets of a probe will be sent: it need not be waited for. */
  end(id: number): void {
    const probe = this.#probes.find((known) => known.id === id);
    if (probe !== undefined) probe.isOver = true;
  }

  /**
   * Measures the probes that are over and reported on, or waited for in vain.
   *
   * @param reported - The highest number any feedback told of, unwrapped; null before the first.
   * @param rttMs - Send to feedback; null if unknown.
   */
  takeMeasured(
    reported: number | null,
    rttMs: number | null,
    nowMs: number,
  ): readonly MeasuredProbe[] {
    if (this.#probes.length === 0) return [];
    const measured: MeasuredProbe[] = [];
    for (const probe of [...this.#probes]) {
      const quietMs = nowMs - probe.lastSentMs;
      probe.isOver ||= quietMs > silenceMs;
      if (!probe.isOver) continue;
      const isReported = reported !== null && probe.last !== null && reported >= probe.last;
      const waitMs = Math.max(patience.leastMs, patience.rtts * (rttMs ?? 0));
      if (!isReported && quietMs < Math.min(patience.mostMs, waitMs)) continue;
      this.#probes.splice(this.#probes.indexOf(probe), 1);
      measured.push({ probe: probe.id, ...this.#measure(probe) });
    }
    return measured;
  }

  #measure({ first, last }: Probe): ProbeMeasure {
    if (first === null || last === null) {
      return { bitsPerSecond: null, lossFraction: 1, isStretch: false };
    }
    return measureProbe(this.#sent, first, last);
  }
}
