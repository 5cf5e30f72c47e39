import { type UplinkWidth, uplinkTerms, uplinkWidths } from './uplink-terms.ts';

/** What came up from one participant since the last look, and what was asked of them all that time. */
export interface UplinkReception {
  /** Of all media, headers of RTP included. */
  readonly bitsPerSecond: number;
  /** Lost packets of all media, 0 to 1. */
  readonly lossFraction: number;
  /** Pictures a second; null where there is no picture. */
  readonly fps: number | null;
  /** The sound's interarrival jitter in milliseconds (RFC 3550 §6.4.1); null where there is none. */
  readonly jitterMs: number | null;
  /** Pictures a second that were asked for; 0 where none were. */
  readonly askedFps: number;
  /** All that was asked for, headers included, in bits a second. */
  readonly askedBitsPerSecond: number;
}

/** A downlink that takes no more than this: the way up is taken for narrow too, until it shows what it can. */
const narrowDownlinkKbps = 150;
/** From here on that guess is taken back. */
const wideDownlinkKbps = 400;

/** What a browser says it may send is too little below this part of what it is asked for. */
const enough = 0.85;
/**
 * What it says is a bound only if it sends at least this part of it: with a still picture it sends little, and so never finds out
 * how much more it might.
 */
const used = 0.6;
/** What it said so long ago counts no more, in milliseconds: it says so again while it lasts. */
const saidMs = 10_000;
/**
 * Where a browser does not say: it is held back if it brings less than these parts of pictures and bits. Alone that may be a
 * camera in the dark or a busy machine ...
 */
const starvedFps = 0.5;
const starvedBits = 0.6;
/** ... it is the network if packets queue, as behind packets of full size on a slow line, in milliseconds ... */
const queueingJitterMs = 30;
/** ... or are lost. */
const queueingLoss = 0.02;
/** So much loss is too much for who sends that many packets, whatever comes through. */
const heavyLoss = 0.12;
/** So many looks in a row must find trouble. */
const troubledLooks = 3;

/** Without trouble, more is tried after so long, in milliseconds ... */
const firstHoldMs = 20_000;
/** ... and after twice as long each time it went wrong, at most: */
const longestHoldMs = 300_000;
/** It went wrong if there is trouble within so long. */
const trialMs = 20_000;

/**
 * How much room there is from one participant to the server, by what comes of what was asked for: less at once, as far down
 * as what comes through, and more step by step, later and later where that goes wrong. It has no clock and no timers.
 *
 * How much a browser sends of what it is asked for is decided by its own congestion control, which is the quicker one. This
 * here decides what is worth asking for: frames so long and pictures so small that something is left for everything.
 */
export class UplinkBudget {
  #width: UplinkWidth = 'wide';
  #troubled = 0;
  #holdMs = firstHoldMs;
  #calmSinceMs: number | null = null;
  /** When more was last asked for. */
  #raisedMs: number | null = null;
  #downlinkIsNarrow = false;
  #said: { readonly bitsPerSecond: number; readonly atMs: number } | null = null;

  /** How much room there is, as far as is known. */
  get width(): UplinkWidth {
    return this.#width;
  }

  /**
   * Takes what the way down can carry: most lines carry no more up than down.
   *
   * @param kbps - What all of the downlink may take, in kbit/s.
   * @param nowMs - Monotonic milliseconds.
   */
  onDownlink(kbps: number, nowMs: number): void {
    if (kbps <= narrowDownlinkKbps && !this.#downlinkIsNarrow) {
      this.#downlinkIsNarrow = true;
      this.#lowerTo(0, nowMs);
    } else if (kbps >= wideDownlinkKbps && this.#downlinkIsNarrow) {
      this.#downlinkIsNarrow = false;
      this.#holdMs = firstHoldMs;
    }
  }

  /**
   * Takes what the browser's congestion control lets it send, in kbit/s. Browsers say so while it is less than they are
   * asked for; not all of them do.
   */
  onAvailable(kbps: number, nowMs: number): void {
    this.#said = { bitsPerSecond: kbps * 1000, atMs: nowMs };
  }

  /**
   * Takes what came up; call it every second or two.
   *
   * @param nowMs - Monotonic milliseconds.
   */
  onReception(reception: UplinkReception, nowMs: number): void {
    const said = this.#said !== null && nowMs - this.#said.atMs < saidMs ? this.#said : null;
    const { askedBitsPerSecond, bitsPerSecond, lossFraction } = reception;
    const isHeldBack =
      said === null
        ? seemsHeldBack(reception)
        : said.bitsPerSecond < enough * askedBitsPerSecond &&
          bitsPerSecond >= used * said.bitsPerSecond;
    const isTroubled = isHeldBack || lossFraction >= heavyLoss;
    this.#troubled = isTroubled ? this.#troubled + 1 : 0;
    if (isTroubled) this.#calmSinceMs = null;
    else this.#calmSinceMs ??= nowMs;
    if (this.#troubled >= troubledLooks) {
      this.#troubled = 0;
      const room = Math.max(bitsPerSecond, said?.bitsPerSecond ?? 0);
      const fitting = uplinkWidths.findLastIndex(
        (width) => uplinkTerms(width).wireBitsPerSecond <= room,
      );
      // The least is for lines that are narrow both ways; one that brings much down has room for feedback on it, too.
      const least = this.#downlinkIsNarrow ? 0 : 1;
      this.#lowerTo(Math.max(least, Math.min(fitting, this.#index - 1)), nowMs);
    } else if (this.#calmSinceMs !== null && nowMs - this.#calmSinceMs >= this.#holdMs) {
      this.#raise(nowMs);
    }
  }

  get #index(): number {
    return uplinkWidths.indexOf(this.#width);
  }

  #lowerTo(index: number, nowMs: number): void {
    this.#calmSinceMs = null;
    const width = uplinkWidths[index];
    if (width === undefined || index >= this.#index) return;
    this.#width = width;
    this.#said = null;
    if (this.#raisedMs !== null && nowMs - this.#raisedMs < trialMs) {
      this.#holdMs = Math.min(longestHoldMs, 2 * this.#holdMs);
    }
    this.#raisedMs = null;
  }

  #raise(nowMs: number): void {
    this.#calmSinceMs = nowMs;
    const width = uplinkWidths[this.#index + 1];
    if (width === undefined) {
      // There has been no trouble for long: what went wrong before does not count any more.
      this.#holdMs = firstHoldMs;
      return;
    }
    this.#width = width;
    this.#raisedMs = nowMs;
  }
}

/** Whether a sender brings less than it was asked for, and the network seems to be what keeps it from more. */
function seemsHeldBack(reception: UplinkReception): boolean {
  const { fps, askedFps, bitsPerSecond, askedBitsPerSecond, jitterMs, lossFraction } = reception;
  if (fps === null || fps >= starvedFps * askedFps) return false;
  if (bitsPerSecond >= starvedBits * askedBitsPerSecond) return false;
  return lossFraction >= queueingLoss || (jitterMs !== null && jitterMs >= queueingJitterMs);
}
