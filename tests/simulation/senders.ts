import type { ProbeResult } from '../../mcu/rtp/index.ts';
import type { Call } from './call.ts';
import type { Events } from './events.ts';

/** Sends as much as the estimate says, in packets of 20 ms or 1200 bytes. */
export function sendElastic(events: Events, call: Call): void {
  const next = (): void => {
    const rate = call.estimator.estimate.bitsPerSecond;
    const bytes = Math.round(Math.min(1200, Math.max(100, (rate * 0.02) / 8)));
    call.send(bytes);
    events.after((bytes * 8000) / rate, next);
  };
  next();
}

/** A quality of the picture with its sound. */
interface Rung {
  readonly name: string;
  /** About what is on the wire, bits per second. */
  readonly wireBits: number;
  readonly videoBits: number;
  readonly framesPerSecond: number;
  /** Bytes of a packet of sound on the wire, and how often there is one. */
  readonly audio: { readonly bytes: number; readonly everyMs: number };
}

/** As in docs/operations.md, with 60 bytes of headers on each packet. */
export const rungs: readonly Rung[] = [
  {
    name: 'audio',
    wireBits: 30_000,
    videoBits: 0,
    framesPerSecond: 0,
    audio: { bytes: 180, everyMs: 60 },
  },
  {
    name: 'tiny',
    wireBits: 85_000,
    videoBits: 50_000,
    framesPerSecond: 6.25,
    audio: { bytes: 180, everyMs: 60 },
  },
  {
    name: 'low',
    wireBits: 185_000,
    videoBits: 130_000,
    framesPerSecond: 12.5,
    audio: { bytes: 180, everyMs: 40 },
  },
  {
    name: 'medium',
    wireBits: 590_000,
    videoBits: 500_000,
    framesPerSecond: 25,
    audio: { bytes: 140, everyMs: 20 },
  },
  {
    name: 'high',
    wireBits: 1_650_000,
    videoBits: 1_500_000,
    framesPerSecond: 25,
    audio: { bytes: 140, everyMs: 20 },
  },
];

const payloadBytes = 1140;
const headerBytes = 60;
const stretchMs = 700;
const paceMs = 5;

/**
 * Sends one of five rungs, as the product does, by the plainest rules: down at once when the estimate is below what the
 * rung takes; up by one after a stretch of padding at 1.1 times the next one's rate has shown that it fits, with the
 * time between failed probes doubled up to 15 s.
 */
export class RungSender {
  /** Results of all probes, with the moment they came. */
  readonly results: (ProbeResult & { readonly atMs: number })[] = [];
  /** When the rung changed, and to which. */
  readonly changes: { readonly atMs: number; readonly rung: string }[] = [];
  readonly #events: Events;
  readonly #call: Call;
  readonly #random: () => number;
  readonly #mostRung: string;
  #rung: number;
  #needsKeyframe = true;
  /** Packets of video that wait to be sent, bytes each. */
  readonly #paced: number[] = [];
  #budget = 0;
  #probe: { readonly id: number; readonly target: number; readonly endMs: number } | null = null;
  #probes = 0;
  #nextProbeMs = 2000;
  #waitMs = 4000;
  #sentBytes = 0;

  constructor(events: Events, call: Call, random: () => number, first: string, mostRung = 'high') {
    this.#events = events;
    this.#call = call;
    this.#random = random;
    this.#mostRung = mostRung;
    this.#rung = rungs.findIndex(({ name }) => name === first);
    this.#frame();
    this.#sound();
    this.#pace();
    this.#control();
  }

  /** What is sent now. */
  get rung(): Rung {
    return rungs[this.#rung]!;
  }

  #frame(): void {
    const { videoBits, framesPerSecond } = this.rung;
    this.#events.after(framesPerSecond === 0 ? 40 : 1000 / framesPerSecond, () => this.#frame());
    if (framesPerSecond === 0) return;
    const varied = 0.6 + 0.8 * this.#random();
    const bytes = (videoBits / framesPerSecond / 8) * (this.#needsKeyframe ? 4 : varied);
    this.#needsKeyframe = false;
    for (let left = bytes; left > 0; left -= payloadBytes) {
      this.#paced.push(Math.round(Math.min(left, payloadBytes)) + headerBytes);
    }
  }

  #sound(): void {
    const { bytes, everyMs } = this.rung.audio;
    this.#events.after(everyMs, () => this.#sound());
    this.#send(bytes);
  }

  /** Video at twice the rung's rate, and padding beside it up to a probe's. */
  #pace(): void {
    this.#events.after(paceMs, () => this.#pace());
    const perStep = (this.rung.wireBits * 2 * paceMs) / 8000;
    this.#budget = Math.min(perStep + payloadBytes, this.#budget + perStep);
    for (let next = this.#paced[0]; next !== undefined && this.#budget > 0; next = this.#paced[0]) {
      this.#paced.shift();
      this.#budget -= next;
      this.#send(next);
    }
    if (this.#probe === null) return;
    if (this.#events.nowMs >= this.#probe.endMs || this.#call.estimator.estimate.usage === 'over') {
      this.#probe = null;
      return;
    }
    this.#sentBytes -= (this.#probe.target * paceMs) / 8000;
    while (this.#sentBytes < 0) this.#send(600, this.#probe.id);
  }

  #send(bytes: number, probe: number | null = null): void {
    this.#sentBytes += bytes;
    this.#call.send(bytes, probe);
  }

  #control(): void {
    this.#events.after(100, () => this.#control());
    const { nowMs } = this.#events;
    const { estimator } = this.#call;
    const { bitsPerSecond } = estimator.estimate;
    for (const result of estimator.takeProbeResults()) {
      this.results.push({ ...result, atMs: nowMs });
      const next = rungs[this.#rung + 1];
      if (next !== undefined && bitsPerSecond >= next.wireBits) {
        this.#change(this.#rung + 1);
        this.#waitMs = 2000;
      } else this.#waitMs = Math.min(15_000, this.#waitMs * 2);
      this.#nextProbeMs = nowMs + this.#waitMs;
    }
    if (bitsPerSecond < 0.95 * this.rung.wireBits && this.#rung > 0) {
      let fits = this.#rung;
      while (fits > 0 && rungs[fits]!.wireBits > bitsPerSecond) fits -= 1;
      this.#change(fits);
      this.#waitMs = 4000;
      this.#nextProbeMs = nowMs + this.#waitMs;
      this.#probe = null;
    }
    const next = rungs[this.#rung + 1];
    if (next === undefined || this.rung.name === this.#mostRung) return;
    if (this.#probe !== null || nowMs < this.#nextProbeMs) return;
    this.#probes += 1;
    this.#probe = { id: this.#probes, target: next.wireBits * 1.1, endMs: nowMs + stretchMs };
    this.#sentBytes = 0;
    this.#nextProbeMs = nowMs + stretchMs + 4000;
  }

  #change(rung: number): void {
    this.#rung = rung;
    this.#needsKeyframe = true;
    this.#paced.length = 0;
    this.changes.push({ atMs: this.#events.nowMs, rung: this.rung.name });
  }
}
