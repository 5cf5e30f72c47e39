import type { Candidate, QualityCap } from '../protocol/common.ts';
import type { RoomSettings } from '../protocol/ipc.ts';
import type { MediaMessage } from '../protocol/server.ts';
import { Downlink, type DownlinkContext } from './downlink.ts';
import type { Ease } from './ease.ts';
import type { Receiver } from './path-report.ts';
import { offersOf, QualityNews } from './quality.ts';
import { Reoffers } from './reoffers.ts';
import { RungController } from './rung-controller.ts';

/** What a participant's downlink needs from its room. */
export interface ParticipantDownlinkContext {
  readonly settings: RoomSettings;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** Sends a message to this participant's browser. */
  readonly signal: (message: MediaMessage) => void;
  /** What each of the PeerConnections is fed from. */
  readonly downlink: DownlinkContext;
  /** What the room does without now. */
  readonly ease: () => Ease;
}

/** What a participant's downlink tells. */
export interface ParticipantDownlinkEvents {
  /** RTCP has come: the browser is there. */
  heard(): void;
  /** ICE and DTLS have come about, or failed. */
  state(state: 'connected' | 'failed'): void;
  /** All of it may take so much, in kbit/s, by what is known of its path. */
  carries(kbps: number): void;
}

/** So long {@link ParticipantDownlink.firstKnown} takes at most, in milliseconds. */
const firstKnownMs = 3000;

/** An answer to an offer of a dead process must not pass for one to this process's. */
const negotiationsPerGeneration = 1000;

/**
 * What one participant receives, for as long as they are in the room: a downlink PeerConnection from the start, another
 * one when that has failed, and in which quality.
 */
export class ParticipantDownlink implements Receiver {
  readonly #id: string;
  readonly #context: ParticipantDownlinkContext;
  readonly #events: ParticipantDownlinkEvents;
  /**
   * When it is known what the first downlink carries, or has had the time to be: on a narrow path what a browser sends at
   * first would keep it from coming about.
   */
  readonly firstKnown: Promise<void>;
  #setFirstKnown: () => void = () => undefined;
  #downlink: Downlink;
  #negotiation: number;
  readonly #reoffers = new Reoffers();
  /** Whether their browser has to come by a gate. */
  #throughGate = false;
  #hasHungUp = false;
  readonly #news: QualityNews;
  #quality: QualityCap;
  /** The best one the room has time for. */
  #serverCap: QualityCap = 'auto';
  #controller: RungController;

  /**
   * Offers the first at once.
   * @param id - the participant's
   * @param quality - the best one they want
   * @param generation - so many room processes died before this one: its offers have other numbers
   * @param context - the room
   * @param events - told what comes of it
   */
  constructor(
    id: string,
    quality: QualityCap,
    generation: number,
    context: ParticipantDownlinkContext,
    events: ParticipantDownlinkEvents,
  ) {
    this.#id = id;
    this.#quality = quality;
    this.#negotiation = generation * negotiationsPerGeneration;
    this.#context = context;
    this.#events = events;
    this.#news = new QualityNews(context.settings);
    this.#controller = this.#newController();
    this.firstKnown = new Promise((resolve) => {
      this.#setFirstKnown = resolve;
      setTimeout(resolve, firstKnownMs);
    });
    this.#downlink = this.#open();
  }

  /** The number of the newest offer. */
  get negotiation(): number {
    return this.#negotiation;
  }

  /** Whether their browser has closed the newest PeerConnection. */
  get hasHungUp(): boolean {
    return this.#hasHungUp;
  }

  /** Whether there is hardly room for more than the sound. */
  get isNarrow(): boolean {
    const { rung } = this.#controller;
    return rung === 'low' || rung === 'tiny' || rung === 'audio';
  }

  /** What they are sent, and by what path; null: nothing. */
  get receiving(): Receiver['receiving'] {
    const { link } = this.#downlink;
    return link === null ? null : { rung: this.#controller.rung, link };
  }

  /** The best quality they want to receive. They are told which one that comes to. */
  setQuality(max: QualityCap): void {
    this.#quality = max;
    this.#capQuality();
  }

  /** The room does without something else now. */
  setEase(ease: Ease): void {
    if (ease.cap !== this.#serverCap) this.#capQuality();
  }

  /** Tells them once more which quality they get: they may have missed it. */
  again(): void {
    const quality = this.#news.again();
    if (quality !== undefined) this.#context.signal(quality);
  }

  /**
   * The answer to the offer; one to an older offer is ignored.
   * @throws Error if libdatachannel cannot use it
   */
  answer(sdp: string, negotiation: number | undefined): void {
    if (negotiation !== undefined && negotiation !== this.#negotiation) return;
    this.#downlink.answer(sdp);
  }

  /** Takes a remote candidate; unusable and stale ones are ignored. */
  addCandidate(candidate: Candidate): void {
    this.#downlink.addCandidate(candidate);
  }

  /** Offers a fresh PeerConnection. */
  reoffer(): void {
    this.#downlink.close();
    // It may be another path.
    this.#controller = this.#newController();
    this.#downlink = this.#open();
  }

  /** Offers a fresh PeerConnection where this one has failed, or needs a gate; call it a few times a second. */
  mend(): void {
    const { needsGate } = this.#downlink;
    this.#throughGate ||= needsGate;
    if (needsGate || this.#reoffers.isDue(this.#context.now())) this.reoffer();
  }

  /** Looks after the path; call it every 50 ms. */
  tick(): void {
    this.#downlink.tick();
  }

  /** Ends it; may be called twice. */
  close(): void {
    this.#downlink.close();
  }

  #open(): Downlink {
    this.#negotiation += 1;
    const negotiation = this.#negotiation;
    const { downlink, now, signal } = this.#context;
    this.#tellQuality(null);
    this.#reoffers.offered();
    this.#hasHungUp = false;
    return new Downlink(this.#id, this.#controller, this.#throughGate, downlink, {
      offer: (sdp) => {
        signal({ type: 'offer', pc: 'downlink', sdp, negotiation });
      },
      candidate: (candidate) => {
        signal({ type: 'candidate', pc: 'downlink', candidate });
      },
      heard: () => {
        this.#events.heard();
        this.#reoffers.worked();
      },
      connected: () => {
        this.#events.state('connected');
      },
      failed: () => {
        this.#events.state('failed');
        this.#reoffers.failed(now());
      },
      hungUp: () => {
        this.#hasHungUp = true;
      },
      quality: (bitsPerSecond) => {
        this.#tellQuality(bitsPerSecond);
        const { capacity, reason } = this.#controller;
        if (reason === 'bandwidth' || reason === 'auto') {
          this.#events.carries(Math.max(capacity, bitsPerSecond ?? 0) / 1000);
        }
        this.#setFirstKnown();
      },
    });
  }

  #newController(): RungController {
    this.#serverCap = this.#context.ease().cap;
    return new RungController(offersOf(this.#context.settings), this.#quality, this.#serverCap);
  }

  #capQuality(): void {
    this.#serverCap = this.#context.ease().cap;
    this.#controller.setCap(this.#quality, this.#serverCap);
    this.#tellQuality(null);
    this.#downlink.qualityChanged();
  }

  #tellQuality(bitsPerSecond: number | null): void {
    const { rung, reason } = this.#controller;
    const message = this.#news.next(rung, reason, bitsPerSecond, this.#context.now());
    if (message !== undefined) this.#context.signal(message);
  }
}
