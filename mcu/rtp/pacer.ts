import { TokenBucket } from './token-bucket.ts';
import { wireOverheadBytes } from './wire.ts';

/** A picture on its way out. */
interface PacedPicture {
  readonly payloads: readonly Buffer[];
  readonly timestamp: number;
  readonly keyframe: boolean;
  /** Payloads sent. */
  sent: number;
}

/** Sends one RTP packet now. */
export type SendPayload = (payload: Buffer, timestamp: number, marker: boolean) => void;

/**
 * Spreads the packets of large pictures over time, so that sound and the pictures of others on the same link do not wait
 * behind them (as libwebrtc's pacing_controller.cc). What fits the burst goes at once: only keyframes ever wait. Numbers
 * are given as packets leave, so what has not left can be dropped without a gap.
 */
export class Pacer {
  readonly #send: SendPayload;
  readonly #bucket: TokenBucket;
  readonly #queue: PacedPicture[] = [];
  #queuedBytes = 0;
  #isHeld = false;

  /**
   * @param send - puts a packet on the wire
   * @param bitsPerSecond - of everything paced, headers included
   * @param burstBytes - goes without waiting
   * @param nowMs - monotonic milliseconds
   */
  constructor(send: SendPayload, bitsPerSecond: number, burstBytes: number, nowMs: number) {
    this.#send = send;
    this.#bucket = new TokenBucket(bitsPerSecond, burstBytes, nowMs);
  }

  /** How long what waits will take at the present rate, in milliseconds. */
  get backlogMs(): number {
    return (this.#queuedBytes * 8000) / this.#bucket.bitsPerSecond;
  }

  /** Whether a keyframe has not left completely. */
  get hasKeyframe(): boolean {
    return this.#queue.some(({ keyframe }) => keyframe);
  }

  /** Changes the rate and the burst. */
  setRate(bitsPerSecond: number, burstBytes: number, nowMs: number): void {
    this.#bucket.set(bitsPerSecond, burstBytes, nowMs);
  }

  /** While held nothing leaves. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  /** Takes a picture; as much of it as may go is sent within the call. */
  push(
    picture: { readonly payloads: readonly Buffer[]; readonly keyframe: boolean },
    timestamp: number,
    nowMs: number,
  ): void {
    const { payloads, keyframe } = picture;
    if (payloads.length === 0) return;
    this.#queue.push({ payloads, keyframe, timestamp, sent: 0 });
    for (const payload of payloads) this.#queuedBytes += payload.length + wireOverheadBytes;
    this.pump(nowMs);
  }

  /**
   * Sends what is due.
   * @returns milliseconds until more is; null when nothing waits, or all is held
   */
  pump(nowMs: number): number | null {
    if (this.#isHeld) return null;
    for (let picture = this.#queue[0]; picture !== undefined; picture = this.#queue[0]) {
      const { payloads, timestamp } = picture;
      for (let at = picture.sent; at < payloads.length; at++) {
        const payload = payloads[at];
        if (payload === undefined) break;
        if (!this.#bucket.has(nowMs)) return this.#bucket.waitMs(nowMs);
        const bytes = payload.length + wireOverheadBytes;
        this.#bucket.take(bytes);
        this.#queuedBytes -= bytes;
        picture.sent = at + 1;
        this.#send(payload, timestamp, at === payloads.length - 1);
      }
      this.#queue.shift();
    }
    return null;
  }

  /** Forgets what waits, but for a picture that has begun to leave: a receiver would wait for the rest of it. */
  dropWaiting(): void {
    this.#queue.splice(this.#queue[0]?.sent ? 1 : 0);
    this.#queuedBytes = 0;
    for (const { payloads, sent } of this.#queue) {
      for (const payload of payloads.slice(sent)) {
        this.#queuedBytes += payload.length + wireOverheadBytes;
      }
    }
  }
}
