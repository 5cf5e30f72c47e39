import type { PathMetrics } from '../path-metrics.ts';

type Counters = Pick<
  PathMetrics,
  'keyframeRequests' | 'uplinkPackets' | 'uplinkFrames' | 'uplinkSound'
>;

/** Opus is decoded at this rate, whatever was sent. */
const samplesPerSecond = 48_000;

/** What libwebrtc counts of one uplink (W3C webrtc-stats), and where it goes. */
const fields = {
  packetsReceived: (to, by) => {
    to.uplinkPackets.inc({ outcome: 'received' }, by);
  },
  packetsLost: (to, by) => {
    to.uplinkPackets.inc({ outcome: 'lost' }, by);
  },
  packetsDiscarded: (to, by) => {
    to.uplinkPackets.inc({ outcome: 'late' }, by);
  },
  framesDecoded: (to, by) => {
    to.uplinkFrames.inc({ outcome: 'decoded' }, by);
  },
  framesDropped: (to, by) => {
    to.uplinkFrames.inc({ outcome: 'dropped' }, by);
  },
  pliCount: (to, by) => {
    to.keyframeRequests.inc({ pc: 'uplink' }, by);
  },
  totalSamplesReceived: (to, by) => {
    to.uplinkSound.inc({ outcome: 'received' }, by / samplesPerSecond);
  },
  /** Those that can be heard: where nobody speaks, nothing is sent and nothing made up. */
  heardConcealedSamples: (to, by) => {
    to.uplinkSound.inc({ outcome: 'concealed' }, by / samplesPerSecond);
  },
} satisfies Record<string, (to: Counters, by: number) => void>;

type Field = keyof typeof fields;

/** Adds what one uplink has received since the last look to what all have. */
export class UplinkTally {
  readonly #to: Counters;
  readonly #counted = new Map<string, number>();

  /** @param to - counts over all uplinks */
  constructor(to: Counters) {
    this.#to = to;
  }

  /** Takes what libwebrtc reports of the uplink. */
  take(reports: Iterable<Record<string, unknown>>): void {
    for (const report of reports) {
      if (report['type'] !== 'inbound-rtp') continue;
      const kind = String(report['kind']);
      const concealed = number(report['concealedSamples']);
      const seen = {
        ...report,
        heardConcealedSamples: concealed - number(report['silentConcealedSamples']),
      } as Record<string, unknown>;
      for (const field of Object.keys(fields) as Field[]) {
        this.#count(`${kind} ${field}`, field, number(seen[field]));
      }
    }
  }

  /** Some go down again, as when a packet that was lost comes late: counters do not. */
  #count(key: string, field: Field, value: number): void {
    const before = this.#counted.get(key) ?? 0;
    if (value <= before) return;
    this.#counted.set(key, value);
    fields[field](this.#to, value - before);
  }
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
