import type { Events } from './events.ts';

/** A link with one queue. */
export interface LinkOptions {
  /** Bits per second at a moment. */
  readonly rate: (atMs: number) => number;
  /** Milliseconds from leaving the queue to arriving. */
  readonly delayMs: number;
  /** What the queue holds, bytes; what comes beyond is dropped. */
  readonly queueBytes: number | ((atMs: number) => number);
  /** A token bucket of so many bytes lets them through at line rate. */
  readonly bucketBytes?: number;
  /** Share of what left the queue that is lost, 0 to 1, at a moment. */
  readonly loss?: (atMs: number) => number;
  /** Up to so many milliseconds are added to each packet's delay. */
  readonly jitterMs?: number;
  /** Jitter is drawn anew about so often and not for every packet: delay that steps, as where a radio's turn comes late. */
  readonly jitterEveryMs?: number;
  /** Whether jitter may change the order of packets. */
  readonly reorders?: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface Queued {
  readonly bytes: number;
  readonly enteredMs: number;
  readonly deliver: ((queuedMs: number) => void) | null;
}

/** Line rate behind a token bucket. */
const lineBits = 100_000_000;

/** Drops what does not fit, sends what does one after the other, loses some of it and delivers the rest later. */
export class Link {
  readonly #events: Events;
  readonly #options: LinkOptions;
  readonly #queue: Queued[] = [];
  #queuedBytes = 0;
  #isBusy = false;
  #tokens: number;
  #tokensMs = 0;
  #jitterMs = 0;
  #jitterUntilMs = -Infinity;
  #lastArrivalMs = 0;

  constructor(events: Events, options: LinkOptions) {
    this.#events = events;
    this.#options = options;
    this.#tokens = options.bucketBytes ?? 0;
  }

  /**
   * Sends a packet.
   *
   * @param deliver - Called when it arrives, with the milliseconds it stood in the queue; null for others' packets.
   * @returns Whether it was taken into the queue.
   */
  send(bytes: number, deliver: ((queuedMs: number) => void) | null): boolean {
    const { queueBytes } = this.#options;
    const room = typeof queueBytes === 'number' ? queueBytes : queueBytes(this.#events.nowMs);
    if (this.#queuedBytes + bytes > room) return false;
    this.#queue.push({ bytes, deliver, enteredMs: this.#events.nowMs });
    this.#queuedBytes += bytes;
    if (!this.#isBusy) this.#serve();
    return true;
  }

  #serve(): void {
    const packet = this.#queue[0];
    this.#isBusy = packet !== undefined;
    if (packet === undefined) return;
    this.#events.after(this.#serviceMs(packet.bytes), () => {
      this.#queue.shift();
      this.#queuedBytes -= packet.bytes;
      this.#leave(packet);
      this.#serve();
    });
  }

  /** How long the first packet of the queue takes to leave. */
  #serviceMs(bytes: number): number {
    const { nowMs } = this.#events;
    const { bucketBytes, rate } = this.#options;
    const bytesPerMs = rate(nowMs) / 8000;
    if (bucketBytes === undefined) return bytes / bytesPerMs;
    const filled = this.#tokens + (nowMs - this.#tokensMs) * bytesPerMs;
    const waitMs = Math.max(0, (bytes - Math.min(bucketBytes, filled)) / bytesPerMs);
    this.#tokens = Math.min(bucketBytes, filled) + waitMs * bytesPerMs - bytes;
    this.#tokensMs = nowMs + waitMs;
    return waitMs + (bytes * 8000) / lineBits;
  }

  #leave({ enteredMs, deliver }: Queued): void {
    const { loss, jitterMs = 0, jitterEveryMs = 0, reorders = false } = this.#options;
    const { delayMs, random } = this.#options;
    if (deliver === null) return;
    const { nowMs } = this.#events;
    // Drawn for every packet, so that one option does not change the others' numbers.
    const [drawn, jitter] = [random(), random() * jitterMs];
    if (nowMs >= this.#jitterUntilMs) {
      this.#jitterMs = jitter;
      this.#jitterUntilMs = nowMs + (jitterEveryMs > 0 ? jitterEveryMs * (0.5 + random()) : 0);
    }
    if (drawn < (loss?.(nowMs) ?? 0)) return;
    const arrivalMs = nowMs + delayMs + this.#jitterMs;
    this.#lastArrivalMs = reorders ? arrivalMs : Math.max(this.#lastArrivalMs, arrivalMs);
    this.#events.at(this.#lastArrivalMs, () => deliver(nowMs - enteredMs));
  }
}
