import { type Histogram, quantileOf } from './histogram.ts';
import type { SyntheticParticipant } from './participant.ts';
import type { LoadError } from './signalling.ts';

/** Milliseconds between one event and the next; null where there were none. */
export interface Gaps {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** What one participant saw. */
export interface ParticipantReport {
  readonly name: string;
  readonly room: string;
  readonly id: string | null;
  readonly sends: boolean;
  /** Until the first complete picture; null where none came. */
  readonly joinMs: number | null;
  /** Seconds from `join` to the end. */
  readonly seconds: number;
  /** Complete pictures a second, over the whole seconds since the first; null before there is one. */
  readonly fps: number | null;
  readonly gapMaxMs: number;
  readonly frames: number;
  readonly keyframes: number;
  readonly bitrateKbps: number;
  readonly videoPackets: number;
  readonly audioPackets: number;
  readonly lostPackets: number;
  readonly recoveredPackets: number;
  readonly plis: number;
  readonly nacks: number;
  /** Largest packet of sound: some ten bytes where nobody speaks. */
  readonly audioBytes: number;
  /** Rungs it was given, one after the other. */
  readonly rungs: readonly string[];
  readonly uplink: {
    readonly frames: number;
    readonly keyframes: number;
    readonly videoPackets: number;
    readonly audioPackets: number;
    readonly bytes: number;
    readonly plis: number;
    readonly resentPackets: number;
  };
}

/** What came of a run. */
export interface LoadReport {
  /** Who tried to join, listeners and replacements too. */
  readonly participants: number;
  /** Those of them to whom the composite came. */
  readonly joined: number;
  /** Complete pictures in each whole second of each participant; null where there were none. */
  readonly fps: { readonly median: number | null; readonly p5: number | null };
  /** The longest time anybody waited for the next picture; null where there were none. */
  readonly gapMaxMs: number | null;
  /** Between complete pictures that came, and between pictures of the uplinks that were sent. */
  readonly gapsMs: { readonly received: Gaps; readonly sent: Gaps };
  /** From `join` to the first complete picture; null where there was none. */
  readonly joinMs: { readonly p50: number | null; readonly p95: number | null };
  /** Packets of the downlinks that did not come at the first attempt. */
  readonly lossPercent: number;
  /** Mean of a participant's downlink, resends included. */
  readonly bitrateKbps: number;
  readonly frames: number;
  readonly keyframes: number;
  readonly packets: number;
  readonly recoveredPackets: number;
  /** Keyframes asked for. */
  readonly plis: number;
  /** Packets asked for. */
  readonly nacks: number;
  /** Keyframes that the server asked for. */
  readonly uplinkPlis: number;
  /** PeerConnections that failed and were built again. */
  readonly reconnects: number;
  /** Of the process itself, while all were there: 100 is a core. */
  readonly cpuPercent: number;
  readonly seconds: number;
  readonly errors: readonly (LoadError & { readonly participant: string })[];
}

/** What is known at the end of a run. */
export interface Outcome {
  readonly participants: readonly SyntheticParticipant[];
  readonly gaps: { readonly received: Histogram; readonly sent: Histogram };
  readonly cpuPercent: number;
  readonly seconds: number;
}

const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
const roundedOrNull = (value: number | null): number | null =>
  value === null ? null : rounded(value);

const gapsOf = (histogram: Histogram): Gaps => ({
  p50: histogram.quantile(0.5),
  p95: histogram.quantile(0.95),
  p99: histogram.quantile(0.99),
  max: histogram.count === 0 ? null : rounded(histogram.max),
});

const kbps = (bytes: number, ms: number): number => (ms > 0 ? (bytes * 8) / ms : 0);

/** Sums up a run. */
export function reportOf({ participants, gaps, cpuPercent, seconds }: Outcome): LoadReport {
  const there = participants.filter(({ joinMs }) => joinMs !== null);
  const received = participants.map((each) => each.received);
  const sum = (value: (each: (typeof received)[number]) => number): number =>
    received.reduce((total, each) => total + value(each), 0);
  const perSecond = participants.flatMap(({ reception }) => reception.perSecond);
  const joins = there.flatMap(({ joinMs }) => joinMs ?? []);
  const seen = participants.filter(({ reception }) => reception.frames > 0);
  const [expected, came] = [sum((each) => each.expected), sum((each) => each.received)];
  const rates = there.map(({ received: { bytes }, stayMs }) => kbps(bytes, stayMs));
  return {
    participants: participants.length,
    joined: there.length,
    fps: { median: quantileOf(perSecond, 0.5), p5: quantileOf(perSecond, 0.05) },
    gapMaxMs:
      seen.length === 0
        ? null
        : rounded(Math.max(...seen.map(({ reception }) => reception.gapMaxMs))),
    gapsMs: { received: gapsOf(gaps.received), sent: gapsOf(gaps.sent) },
    joinMs: {
      p50: roundedOrNull(quantileOf(joins, 0.5)),
      p95: roundedOrNull(quantileOf(joins, 0.95)),
    },
    lossPercent: expected === 0 ? 0 : rounded((100 * (expected - came)) / expected, 2),
    bitrateKbps: rounded(rates.reduce((total, rate) => total + rate, 0) / (rates.length || 1)),
    frames: participants.reduce((total, { reception }) => total + reception.frames, 0),
    keyframes: participants.reduce((total, { reception }) => total + reception.keyframes, 0),
    packets: sum((each) => each.videoPackets + each.audioPackets),
    recoveredPackets: sum((each) => each.recoveredPackets),
    plis: sum((each) => each.plis),
    nacks: sum((each) => each.nacks),
    uplinkPlis: participants.reduce((total, { sent }) => total + sent.plis, 0),
    reconnects: participants.reduce((total, each) => total + each.reconnects, 0),
    cpuPercent: rounded(cpuPercent),
    seconds: rounded(seconds),
    errors: participants.flatMap(({ name, errors }) =>
      errors.map((error) => ({ participant: name, ...error })),
    ),
  };
}

/** What `--details` adds: a report on everybody, in the order of joining. */
export function detailsOf(participants: readonly SyntheticParticipant[]): ParticipantReport[] {
  return participants.map((each) => {
    const { reception, received, sent } = each;
    const { perSecond } = reception;
    return {
      name: each.name,
      room: each.room,
      id: each.id,
      sends: each.isSending,
      joinMs: roundedOrNull(each.joinMs),
      seconds: rounded(each.stayMs / 1000),
      fps:
        perSecond.length === 0
          ? null
          : rounded(perSecond.reduce((total, count) => total + count, 0) / perSecond.length, 2),
      gapMaxMs: rounded(reception.gapMaxMs),
      frames: reception.frames,
      keyframes: reception.keyframes,
      bitrateKbps: rounded(kbps(received.bytes, each.stayMs)),
      videoPackets: received.videoPackets,
      audioPackets: received.audioPackets,
      lostPackets: received.expected - received.received,
      recoveredPackets: received.recoveredPackets,
      plis: received.plis,
      nacks: received.nacks,
      audioBytes: received.audioBytes,
      rungs: each.rungs,
      uplink: sent,
    };
  });
}
