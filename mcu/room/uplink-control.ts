import type { RoomSettings } from '../protocol/ipc.ts';
import type { MediaMessage } from '../protocol/server.ts';
import type { ParticipantLog } from './participant-log.ts';
import { UplinkBudget } from './uplink-budget.ts';
import { type Ease, easedDemand } from './ease.ts';
import type { AnswerTerms } from './uplink-sdp.ts';
import {
  heightWithin,
  type KindOfVideo,
  mostBitrate,
  type VideoDemand,
  videoDemand,
} from './uplink-size.ts';
import { demandOn, uplinkNeed, uplinkTerms } from './uplink-terms.ts';
import { type UplinkCounts, UplinkWatch } from './uplink-watch.ts';

type UplinkMessage = Extract<MediaMessage, { type: 'uplink' }>;

/** What the control of an uplink needs. */
export interface UplinkControlContext {
  readonly settings: Pick<RoomSettings, 'canvas' | 'fps' | 'maxUplink'>;
  readonly log: Pick<ParticipantLog, 'lines'>;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** Sends a message to this participant's browser. */
  readonly signal: (message: UplinkMessage) => void;
}

interface Wanted {
  readonly demand: VideoDemand;
  readonly kind: KindOfVideo;
}

const noVideo = { fps: 0, bitrate: 0 };

/** What one participant is asked to send: what the layout wants of them, as far as there is room for it on their uplink. */
export class UplinkControl {
  readonly #context: UplinkControlContext;
  readonly #budget = new UplinkBudget();
  readonly #watch = new UplinkWatch();
  #wanted: Wanted | undefined;
  #asked: VideoDemand | undefined;
  /** What the room does without now. */
  #ease: Ease;
  /** The last message: none comes twice. */
  #told: UplinkMessage | undefined;

  /** @param ease - what the room does without now */
  constructor(context: UplinkControlContext, ease: Ease) {
    this.#context = context;
    this.#ease = ease;
  }

  /** The room does without something else now. */
  setEase(ease: Ease): void {
    this.#ease = ease;
    this.#ask();
  }

  /** Whether they were asked to send no video. */
  get isVideoStopped(): boolean {
    return this.#asked?.fps === 0;
  }

  /** What the answer to an offer of theirs says. */
  get answerTerms(): AnswerTerms {
    const { width } = this.#budget;
    // Between these two nothing is negotiated: the answer leaves room for the wider.
    const { audio, video } = uplinkTerms(width === 'narrowest' ? 'narrow' : width);
    const { canvas, fps } = this.#context.settings;
    return { audio, videoBitrate: Math.min(video.bitrate, mostBitrate(canvas, fps)) };
  }

  /** Takes what the layout wants, and asks for as much of it as there is room for. */
  want(demand: VideoDemand, kind: KindOfVideo): void {
    this.#wanted = { demand, kind };
    this.#ask();
  }

  /** Asks once more for what was asked for last: they may have missed it. */
  again(): void {
    if (this.#told !== undefined) this.#context.signal(this.#told);
  }

  /** Takes what their browser may send by its own reckoning, in kbit/s. */
  setUplinkKbps(kbps: number): void {
    this.#budget.onAvailable(kbps, this.#context.now());
  }

  /** Takes what all of their downlink may take, in kbit/s. */
  setDownlinkKbps(kbps: number): void {
    this.#budget.onDownlink(kbps, this.#context.now());
    this.#ask();
  }

  /** Whether it is time for {@link UplinkControl.look}. */
  get isLookDue(): boolean {
    return this.#watch.isDue(this.#context.now());
  }

  /** There is another PeerConnection. */
  restart(): void {
    this.#watch.restart();
  }

  /**
   * Takes what their uplink has received so far, and asks for less or more if that says so.
   * @param isVideoOn - whether they have switched on video
   */
  look(counts: UplinkCounts, isVideoOn: boolean): void {
    const nowMs = this.#context.now();
    const { fps, bitrate } = (isVideoOn && this.#asked) || noVideo;
    const askedBitsPerSecond = uplinkNeed(this.#budget.width, { fps, bitrate });
    const reception = this.#watch.look(counts, { askedFps: fps, askedBitsPerSecond }, nowMs);
    if (reception === null) return;
    const { width } = this.#budget;
    this.#budget.onReception(reception, nowMs);
    if (width === this.#budget.width) return;
    this.#context.log.lines.debug({ ...reception, width: this.#budget.width }, 'room on uplink');
    this.#ask();
  }

  #ask(): void {
    if (this.#wanted === undefined) return;
    const { width } = this.#budget;
    const { ptime, bitrate } = uplinkTerms(width).audio;
    const { kind } = this.#wanted;
    this.#asked = easedDemand(this.#ease, demandOn(width, this.#allowed(this.#wanted), kind), kind);
    const message = { type: 'uplink', ...this.#asked, audio: { ptime, bitrate } } as const;
    if (JSON.stringify(message) === JSON.stringify(this.#told)) return;
    this.#told = message;
    this.#watch.restart();
    this.#context.signal(message);
  }

  /** As much of it as anybody may send. */
  #allowed({ demand, kind }: Wanted): VideoDemand {
    const most = heightWithin(this.#context.settings.maxUplink);
    return demand.height <= most ? demand : videoDemand(most, demand.fps, kind);
  }
}
