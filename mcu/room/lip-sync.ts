/** What one jitter buffer has counted so far. */
interface Buffered {
  /** How long all that left it was in it, milliseconds together. */
  readonly delayMs: number;
  /** How much left it: samples, or pictures. */
  readonly emitted: number;
}

const nothing: Buffered = { delayMs: 0, emitted: 0 };

/** Sound that is so much later than its picture is not noticed (ITU-R BT.1359-1 says 125 ms; the way on adds to it). */
const unnoticedMs = 60;
/** Pictures are not held longer than this, however late the sound is. */
const mostHeldMs = 400;
/** How fast it is held longer or shorter, in milliseconds a second: pictures come at four fifths of their speed, or six. */
const changeMs = 200;

/**
 * Says for how long one uplink's pictures are to be held back so that lips match. The sound's jitter buffer grows with the worst
 * delay of the last seconds, to many times that of the picture, and no receiver of the composite can know of it. libwebrtc's own
 * remedy (video/stream_synchronization.cc) holds pictures back in good calls too, and does not let go.
 */
export class LipSync {
  #before: Partial<Record<'audio' | 'video', Buffered>> = {};
  #targetMs = 0;
  #heldMs = 0;
  #atMs = 0;

  /**
   * Takes what libwebrtc reports of the uplink (W3C webrtc-stats), about once a second.
   * @param isHeard - whether its sound goes anywhere
   */
  take(reports: Iterable<Record<string, unknown>>, isHeard: boolean, nowMs: number): void {
    this.holdMs(nowMs);
    const waited: { audio?: number; video?: number } = {};
    for (const { type, kind, jitterBufferDelay, jitterBufferEmittedCount } of reports) {
      if (type !== 'inbound-rtp' || (kind !== 'audio' && kind !== 'video')) continue;
      if (typeof jitterBufferDelay !== 'number') continue;
      if (typeof jitterBufferEmittedCount !== 'number') continue;
      const before = this.#before[kind] ?? nothing;
      const now = { delayMs: 1000 * jitterBufferDelay, emitted: jitterBufferEmittedCount };
      this.#before[kind] = now;
      const emitted = now.emitted - before.emitted;
      if (emitted > 0) waited[kind] = (now.delayMs - before.delayMs) / emitted;
    }
    const { audio, video } = waited;
    // Without either there are no lips.
    const isNeeded = isHeard && audio !== undefined && video !== undefined;
    const lateMs = isNeeded ? audio - video - unnoticedMs : 0;
    this.#targetMs = Math.max(0, Math.min(mostHeldMs, lateMs));
  }

  /** For how long a picture that comes now is held. */
  holdMs(nowMs: number): number {
    const most = (changeMs * (nowMs - this.#atMs)) / 1000;
    this.#atMs = nowMs;
    const change = this.#targetMs - this.#heldMs;
    this.#heldMs += Math.max(-most, Math.min(most, change));
    return this.#heldMs;
  }
}
