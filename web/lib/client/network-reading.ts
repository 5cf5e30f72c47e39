import type { StatsLike } from './platform.ts';

/** How the network is, as far as the browser knows. Null: not known (yet). */
export interface NetworkReading {
  /** There and back, milliseconds. */
  readonly roundTripMs: number | null;
  /** Of the packets sent since the reading before, in per cent: on the way down to us, and up from us. */
  readonly lossPercent: Directions;
  /** Kilobits a second since the reading before, sound and picture and all around them. */
  readonly kbps: Directions;
}

/** A number for each way. */
export interface Directions {
  readonly down: number | null;
  readonly up: number | null;
}

/** What one PeerConnection has counted since it began. */
export interface Counters {
  /** Milliseconds of the browser's clock. */
  readonly at: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly packetsSent: number;
  /** Of those that the server sent. */
  readonly lostDown: number;
  /** Of those that we sent, as the server has reported. */
  readonly lostUp: number;
  readonly roundTripMs: number | null;
}

/** The state of both PeerConnections at one moment; null where there is none. */
export interface NetworkSample {
  readonly uplink: Counters | null;
  readonly downlink: Counters | null;
}

/** Reads the counters out of a PeerConnection's statistics (W3C webrtc-stats); null before there is a connection. */
export function countersOf(stats: StatsLike): Counters | null {
  const latest: { at: number | null; roundTripMs: number | null } = { at: null, roundTripMs: null };
  const sums = {
    bytesReceived: 0,
    bytesSent: 0,
    packetsReceived: 0,
    packetsSent: 0,
    lostDown: 0,
    lostUp: 0,
  };
  const add = (to: keyof typeof sums, value: unknown): void => {
    if (typeof value === 'number') sums[to] += value;
  };
  stats.forEach((report) => {
    switch (report['type']) {
      case 'candidate-pair': {
        const { timestamp, nominated, currentRoundTripTime } = report;
        if (nominated !== true) return;
        if (typeof timestamp === 'number') latest.at = Math.max(latest.at ?? 0, timestamp);
        if (typeof currentRoundTripTime === 'number')
          latest.roundTripMs = currentRoundTripTime * 1000;
        add('bytesReceived', report['bytesReceived']);
        add('bytesSent', report['bytesSent']);
        return;
      }
      case 'inbound-rtp':
        add('packetsReceived', report['packetsReceived']);
        add('lostDown', report['packetsLost']);
        return;
      case 'outbound-rtp':
        add('packetsSent', report['packetsSent']);
        return;
      case 'remote-inbound-rtp': {
        const { roundTripTime } = report;
        add('lostUp', report['packetsLost']);
        if (typeof roundTripTime === 'number') latest.roundTripMs ??= roundTripTime * 1000;
      }
    }
  });
  const { at, roundTripMs } = latest;
  return at === null ? null : { at, ...sums, roundTripMs };
}

/** What happened between two samples. A PeerConnection that is another one now counts from its next reading on. */
export function readingOf(before: NetworkSample, now: NetworkSample): NetworkReading {
  const down = changeOf(before.downlink, now.downlink);
  const up = changeOf(before.uplink, now.uplink);
  return {
    roundTripMs: now.downlink?.roundTripMs ?? now.uplink?.roundTripMs ?? null,
    lossPercent: {
      down: down && percent(down.lostDown, down.lostDown + down.packetsReceived),
      up: up && percent(up.lostUp, up.packetsSent),
    },
    kbps: {
      down: sum(rate(down, 'bytesReceived'), rate(up, 'bytesReceived')),
      up: sum(rate(up, 'bytesSent'), rate(down, 'bytesSent')),
    },
  };
}

type Change = Omit<Counters, 'roundTripMs'>;

function changeOf(before: Counters | null, now: Counters | null): Change | null {
  if (before === null || now === null || now.at <= before.at) return null;
  // What only grows has not: it is another PeerConnection.
  if (now.bytesReceived < before.bytesReceived || now.bytesSent < before.bytesSent) return null;
  const since = (name: keyof Change): number => now[name] - before[name];
  return {
    at: since('at'),
    bytesReceived: since('bytesReceived'),
    bytesSent: since('bytesSent'),
    packetsReceived: since('packetsReceived'),
    packetsSent: since('packetsSent'),
    lostDown: since('lostDown'),
    lostUp: since('lostUp'),
  };
}

/** Lost packets that come after all make the count smaller. */
function percent(lost: number, of: number): number | null {
  return of <= 0 ? null : Math.min(100, Math.max(0, (100 * lost) / of));
}

function rate(change: Change | null, name: 'bytesReceived' | 'bytesSent'): number | null {
  return change && (change[name] * 8) / change.at;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null ? b : a + (b ?? 0);
}
