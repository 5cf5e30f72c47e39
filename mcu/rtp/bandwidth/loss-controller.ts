import { LossWindow } from './loss-window.ts';

/** Fewer packets, or fewer losses, are chance. */
const fewest = { packets: 20, lost: 3 };
/** Above this the rate is lowered (libwebrtc: send_side_bandwidth_estimation.cc, kDefaultHighLossThreshold). */
const tooMuch = 0.1;
/** Below this it may rise; below the first, libwebrtc's, if there is a queue as well. */
const allowed = { queue: 0.02, noQueue: 0.05 };
const queueMs = 20;
/** Time between decreases, beyond a round trip (libwebrtc: kBweDecreaseInterval). */
const intervalMs = 300;
/** Losses alone never lower the rate below this share of what arrived when they began. */
const floor = 0.6;
/** As long as it takes until what arrived before they began is out of the acknowledged rate. */
const settleMs = 1200;
/** Losses that stay for so long at the floor are not the sender's doing. */
const randomAfterMs = 1500;
const randomShare = 0.6;
/** And losses that are few for so long are over. */
const overAfterMs = 1500;
const obeyed = 1.1;
const headroom = 1.5;
/** How quickly what is taken as given follows what is lost: in 5 s of feedback every 100 ms. And the most it can be. */
const drift = 0.02;
const mostInherent = 0.4;

/** A time of too many losses. */
interface Episode {
  readonly startMs: number;
  /** Share of packets lost when it began. */
  readonly loss: number;
  /** Losses alone do not lower the rate below, bits per second. */
  floor: number;
  /** Since when the rate is at the floor; null if it is not. */
  floorSinceMs: number | null;
  /** Since when losses are few; null if they are not. */
  fewSinceMs: number | null;
}

/**
 * Lowers the rate where more than a tenth of the packets is lost, as libwebrtc's first loss controller does, until they
 * get fewer or the rate is at 0.6 of what arrived. Losses that are the same at that rate are the radio's, not a
 * queue's: they are taken as given, and only what is above them counts. Congestion with a queue shows in the delay,
 * which lowers the rate first and by the right amount; what is left to this is a path with hardly any buffer.
 */
export class LossController {
  /** When losses last lowered the rate; −Infinity if never. */
  loweredMs = -Infinity;
  readonly #window = new LossWindow();
  #inherent = 0;
  #episode: Episode | null = null;
  /** Packets sent before this are not counted: they were sent at an earlier rate. */
  #fromMs = -Infinity;

  /** Counts a packet that did not arrive. */
  addLost(sentMs: number, nowMs: number): void {
    if (sentMs >= this.#fromMs) this.#window.addLost(nowMs);
  }

  /** Counts a packet that arrived. */
  addReceived(sentMs: number, nowMs: number, wasLost: boolean): void {
    if (sentMs >= this.#fromMs) this.#window.addReceived(nowMs, wasLost);
  }

  /** Whether there are so few losses that the rate may rise. */
  mayRise(standingQueueMs: number): boolean {
    if (this.#episode !== null) return false;
    if (this.#window.lost < fewest.lost) return true;
    return this.#excess() < (standingQueueMs > queueMs ? allowed.queue : allowed.noQueue);
  }

  /**
   * @param rate - The estimate, bits per second.
   * @param acknowledged - What arrived, bits per second.
   * @param sent - What is sent, bits per second.
   * @returns The new estimate, bits per second.
   */
  update(rate: number, acknowledged: number, sent: number, nowMs: number, rttMs: number): number {
    this.#window.forward(nowMs);
    const { packets, lost, fraction } = this.#window;
    if (packets < fewest.packets) return rate;
    if (this.#inherent > 0) {
      this.#inherent = Math.min(mostInherent, this.#inherent + (fraction - this.#inherent) * drift);
    }
    const excess = this.#excess();
    if (excess <= tooMuch || lost < fewest.lost) {
      this.#endEpisode(excess, nowMs);
      return rate;
    }
    const least = floor * acknowledged;
    this.#episode ??= {
      ...{ startMs: nowMs, loss: fraction, floor: least },
      ...{ floorSinceMs: null, fewSinceMs: null },
    };
    const episode = this.#episode;
    episode.fewSinceMs = null;
    if (nowMs - episode.startMs < settleMs) episode.floor = Math.min(episode.floor, least);
    if (episode.floorSinceMs !== null) return this.#atFloor(rate, episode, sent, nowMs);
    if (nowMs - this.loweredMs < intervalMs + rttMs) return rate;
    const lowered = Math.min(rate, headroom * acknowledged) * (1 - fraction / 2);
    if (lowered < episode.floor) episode.floorSinceMs = nowMs;
    this.loweredMs = nowMs;
    this.#countFrom(nowMs);
    return Math.min(rate, Math.max(lowered, episode.floor));
  }

  /** What is lost of what was sent before does not count. */
  forgive(nowMs: number): void {
    this.#episode = null;
    this.#countFrom(nowMs);
  }

  #atFloor(rate: number, episode: Episode, sent: number, nowMs: number): number {
    if (sent > obeyed * rate) {
      // What is lost is still lost at the rate of before.
      episode.floorSinceMs = nowMs;
      this.#countFrom(nowMs);
      return rate;
    }
    if (nowMs - (episode.floorSinceMs ?? nowMs) < randomAfterMs) return rate;
    const { fraction } = this.#window;
    if (fraction > randomShare * episode.loss) this.#inherent = Math.max(fraction, episode.loss);
    this.#episode = null;
    return rate;
  }

  /** It is over when losses have been few for long enough for that not to be chance. */
  #endEpisode(excess: number, nowMs: number): void {
    const episode = this.#episode;
    if (episode === null) return;
    if (excess >= allowed.noQueue) episode.fewSinceMs = null;
    else episode.fewSinceMs ??= nowMs;
    if (episode.fewSinceMs !== null && nowMs - episode.fewSinceMs > overAfterMs) {
      this.#episode = null;
    }
  }

  /** The share lost beyond what is taken as given, and beyond what could be chance. */
  #excess(): number {
    const { packets, fraction } = this.#window;
    const chance = Math.sqrt((fraction * (1 - fraction)) / Math.max(1, packets));
    return fraction - chance - this.#inherent;
  }

  #countFrom(nowMs: number): void {
    this.#fromMs = nowMs;
    this.#window.reset();
  }
}
