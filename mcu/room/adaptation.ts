import { BandwidthEstimator, type TransportFeedback } from '../rtp/index.ts';
import type { LinkState } from './link-state.ts';
import type { RungController } from './rung-controller.ts';
import { SendRate } from './send-rate.ts';

/** What an {@link Adaptation} works with. */
export interface AdaptationOptions {
  readonly controller: RungController;
  /** Whether the receiver tells when each packet came (transport-wide feedback). */
  readonly hasFeedback: boolean;
  /** Sends about so many bytes that are of no use but are acknowledged; gives what it sent, 0 where it cannot. */
  readonly pad: (bytes: number) => number;
  /** How long what waits to be sent will take, milliseconds. */
  readonly backlogMs: () => number;
}

/** The first burst: so many packets of so many bytes tell a narrow path from a wide one before a picture is sent. */
const burstPackets = 16;
const burstPacketBytes = 250;
/** The tag of its packets; those of the controller's probes begin at 1. */
const burstTag = 0;
/** If nothing is known of it by then, pictures begin as they would on a narrow path, until it is. */
const burstTimeoutMs = 600;
const busyQueueMs = 50;
/** Before anything is known; libwebrtc begins with the same (api/transport/network_control.h). */
const startBitsPerSecond = 300_000;
/** Padding is sent in portions of this time. */
const paddingStepMs = 5;
/** No more padding at once than this: the path would take it for a burst. */
const mostPaddingBytes = 3000;

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'measuring'; readonly sinceMs: number }
  /** `guessed`: the first burst may still tell more. */
  | { readonly kind: 'running'; readonly guessed: boolean };

/**
 * Keeps one receiver's rung to what its path carries: counts what is sent, hears what arrives, sends the padding that
 * probes ask for.
 */
export class Adaptation {
  readonly #options: AdaptationOptions;
  readonly #estimator = new BandwidthEstimator({ startBitsPerSecond });
  readonly #rate = new SendRate();
  #phase: Phase = { kind: 'idle' };
  #padding = { atMs: 0, bytes: 0 };
  #rttMs: number | null = null;
  #tag: number | null = null;

  constructor(options: AdaptationOptions) {
    this.#options = options;
  }

  /** Whether enough is known to begin with pictures. */
  get isReady(): boolean {
    return this.#phase.kind === 'running';
  }

  /** Round trip, milliseconds; null before it is known. */
  get rttMs(): number | null {
    return this.#estimator.estimate.rttMs ?? this.#rttMs;
  }

  /** What is known of the path, in bits a second. */
  get bitsPerSecond(): number {
    return this.#estimator.estimate.bitsPerSecond;
  }

  /** Sends the first burst. */
  begin(nowMs: number): void {
    const { controller, hasFeedback, pad } = this.#options;
    if (!controller.adapts) {
      this.#phase = { kind: 'running', guessed: false };
      return;
    }
    this.#phase = { kind: 'measuring', sinceMs: nowMs };
    this.#tag = burstTag;
    let sent = 0;
    if (hasFeedback) for (let k = 0; k < burstPackets; k++) sent += pad(burstPacketBytes);
    this.#setTag(null);
    if (sent > 0) return;
    // Without padding or without feedback only trying tells.
    controller.start(Number.MAX_SAFE_INTEGER, nowMs);
    this.#phase = { kind: 'running', guessed: false };
  }

  /** A packet has left; `number` is its transport-wide one. */
  sent(number: number | null, wireBytes: number, nowMs: number): void {
    this.#estimator.onSent(number, wireBytes, nowMs, this.#tag);
    this.#rate.add(wireBytes, nowMs);
    this.#padding.bytes -= wireBytes;
    this.#options.controller.probe?.sent(wireBytes);
  }

  /** Transport-wide feedback has come. */
  feedback(feedback: TransportFeedback, nowMs: number): void {
    this.#estimator.onFeedback(feedback, nowMs);
    this.update(nowMs);
  }

  /** A receiver report has come. */
  report(fractionLost: number, rttMs: number | null, nowMs: number): void {
    this.#rttMs = rttMs ?? this.#rttMs;
    this.#estimator.onReceiverReport(fractionLost, rttMs, nowMs);
  }

  /** Call it every 50 ms or so; the controller may have another rung afterwards. */
  update(nowMs: number): void {
    const { controller } = this.#options;
    this.#estimator.onTime(nowMs);
    if (!controller.adapts) return;
    for (const { probe, bitsPerSecond } of this.#estimator.takeProbeResults()) {
      if (probe !== burstTag) controller.probe?.takeResult(probe, bitsPerSecond);
      else this.#start(bitsPerSecond, nowMs);
    }
    if (this.#phase.kind === 'measuring' && nowMs - this.#phase.sinceMs > burstTimeoutMs) {
      // What arrives tells what the path carries only where packets wait for each other.
      const { queueMs, acknowledgedBitsPerSecond } = this.#estimator.estimate;
      this.#start(queueMs > busyQueueMs ? acknowledgedBitsPerSecond : null, nowMs);
    }
    if (this.#phase.kind === 'running') controller.update(this.link(nowMs), nowMs);
  }

  /**
   * Sends the padding that is due.
   * @returns milliseconds until more is; null where no probe runs
   */
  pump(nowMs: number): number | null {
    const rate = this.#options.controller.probe?.bitsPerSecond ?? 0;
    this.#setTag(this.#options.controller.probe?.tag ?? null);
    if (rate === 0) {
      this.#padding.atMs = 0;
      return null;
    }
    const padding = this.#padding;
    if (padding.atMs === 0) padding.bytes = 0;
    else padding.bytes += ((nowMs - padding.atMs) * rate) / 8000;
    padding.bytes = Math.min(mostPaddingBytes, padding.bytes);
    padding.atMs = nowMs;
    while (padding.bytes > 0 && this.#options.pad(padding.bytes) > 0);
    return paddingStepMs;
  }

  /** See {@link RungController.plea}. */
  plea(shared: boolean, nowMs: number): boolean {
    return this.#options.controller.plea(shared, this.link(nowMs), nowMs);
  }

  /** The path as it is now. */
  link(nowMs: number): LinkState {
    const { estimate } = this.#estimator;
    return {
      ...estimate,
      rttMs: this.rttMs,
      sentBitsPerSecond: this.#rate.bitsPerSecond(nowMs),
      backlogMs: this.#options.backlogMs(),
    };
  }

  #setTag(tag: number | null): void {
    if (this.#tag !== null && tag !== this.#tag) this.#estimator.onProbeEnd(this.#tag);
    this.#tag = tag;
  }

  #start(bitsPerSecond: number | null, nowMs: number): void {
    const { controller } = this.#options;
    const isLate = this.#phase.kind === 'running' && this.#phase.guessed;
    // Less than that would only take away what has begun: half of a slow burst is believed.
    const isMore = bitsPerSecond !== null && bitsPerSecond > 2 * controller.capacity;
    const knowsMore = isMore && controller.probe === null;
    if (this.#phase.kind !== 'measuring' && !(isLate && knowsMore)) return;
    this.#phase = { kind: 'running', guessed: bitsPerSecond === null };
    controller.start(bitsPerSecond, nowMs);
  }
}
