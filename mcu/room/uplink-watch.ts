import type { UplinkReception } from './uplink-budget.ts';

/** What is asked of a participant. */
export type UplinkAsked = Pick<UplinkReception, 'askedFps' | 'askedBitsPerSecond'>;

/** What an uplink has received so far. */
export interface UplinkCounts {
  /** RTP packets. */
  readonly packets: number;
  /** RTP packets that are missing; fewer again when some come late. */
  readonly lost: number;
  /** Of RTP packets, headers included. */
  readonly bytes: number;
  /** ICE checks (RFC 7675). */
  readonly checks: number;
  /** Pictures; null where there is no video. */
  readonly frames: number | null;
  /** Of the sound, in milliseconds; null where there is none. */
  readonly jitterMs: number | null;
}

/** Nothing yet. */
export const noCounts: UplinkCounts = {
  packets: 0,
  lost: 0,
  bytes: 0,
  checks: 0,
  frames: null,
  jitterMs: null,
};

/** Picks the counts out of what libwebrtc reports (W3C webrtc-stats). */
export function countsOf(reports: Iterable<Record<string, unknown>>): UplinkCounts {
  const counts = { ...noCounts };
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  for (const report of reports) {
    if (report['type'] === 'candidate-pair') counts.checks += number(report['requestsReceived']);
    if (report['type'] !== 'inbound-rtp') continue;
    counts.packets += number(report['packetsReceived']);
    counts.lost += number(report['packetsLost']);
    counts.bytes += number(report['bytesReceived']) + number(report['headerBytesReceived']);
    if (report['kind'] === 'video') counts.frames = number(report['framesReceived']);
    else counts.jitterMs = 1000 * number(report['jitter']);
  }
  return counts;
}

/** Least time between two looks, in milliseconds. */
export const watchMs = 1000;

/** Turns counts of one uplink into what was received between two looks. */
export class UplinkWatch {
  #last: { readonly counts: UplinkCounts; readonly atMs: number } | null = null;

  /** Whether it is time for another look. */
  isDue(nowMs: number): boolean {
    return this.#last === null || nowMs - this.#last.atMs >= watchMs;
  }

  /** What was counted does not go on: there is another PeerConnection, or something else is asked for. */
  restart(): void {
    this.#last = null;
  }

  /**
   * Takes a look.
   *
   * @param asked - what has been asked for since the last look
   * @returns null where there is nothing to compare with
   */
  look(counts: UplinkCounts, asked: UplinkAsked, nowMs: number): UplinkReception | null {
    const before = this.#last;
    this.#last = { counts, atMs: nowMs };
    const packets = counts.packets - (before?.counts.packets ?? 0);
    if (before === null || packets < 0 || nowMs <= before.atMs) return null;
    const seconds = (nowMs - before.atMs) / 1000;
    const lost = Math.max(0, counts.lost - before.counts.lost);
    const { frames } = counts;
    return {
      ...asked,
      bitsPerSecond: ((counts.bytes - before.counts.bytes) * 8) / seconds,
      lossFraction: packets + lost === 0 ? 0 : lost / (packets + lost),
      fps:
        frames === null || before.counts.frames === null
          ? null
          : (frames - before.counts.frames) / seconds,
      jitterMs: counts.jitterMs,
    };
  }
}
