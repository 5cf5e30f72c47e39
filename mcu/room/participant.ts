import type { AudioSource } from '../../mixer/audio/index.ts';
import type { VideoSource } from '../../mixer/compositor/index.ts';
import type { Logger } from '../log.ts';
import type { Candidate, PcName, QualityCap } from '../protocol/common.ts';
import { type ErrorCode } from '../protocol/errors.ts';
import type { MediaState, Member } from '../protocol/ipc.ts';
import type { MediaMessage } from '../protocol/server.ts';
import { announce } from './announced-address.ts';
import type { Ease } from './ease.ts';
import { ParticipantDownlink, type ParticipantDownlinkContext } from './participant-downlink.ts';
import type { ParticipantLog } from './participant-log.ts';
import type { Receiver } from './path-report.ts';
import { Presence } from './presence.ts';
import { UplinkControl } from './uplink-control.ts';
import { fingerprintOf } from './uplink-sdp.ts';
import type { VideoDemand } from './uplink-size.ts';
import { UplinkTally } from './uplink-tally.ts';
import { noCounts } from './uplink-watch.ts';
import { Uplink } from './uplink.ts';

/** What a participant's media needs from its room. */
export interface ParticipantContext extends ParticipantDownlinkContext {
  readonly log: ParticipantLog;
  /** Gives this participant's sound somewhere to go. */
  readonly sound: AudioSource;
  /** What the tile shows may have changed: picture or initials. */
  readonly changed: () => void;
}

/** Why somebody is gone: silent for too long, or they have closed everything. */
export type GoneReason = 'timeout' | 'closed';

/**
 * One participant's media: an uplink PeerConnection once they send, a downlink one from the start, and
 * when they were last heard of.
 */
export class RoomParticipant implements VideoSource, Receiver {
  readonly id: string;
  readonly name: string;
  /** Their place among all who ever joined. */
  readonly order: number;
  /** Whether they only watch: they send nothing, and have no tile. */
  readonly watches: boolean;
  /** Whether they raise their hand. */
  hand: boolean;
  readonly #context: ParticipantContext;
  readonly #presence: Presence;
  #media: MediaState;
  #uplink: Uplink | undefined;
  #uplinkFingerprint: string | undefined;
  readonly #downlink: ParticipantDownlink;
  readonly #control: UplinkControl;
  #hadPicture = false;
  /** Whether their connection is gone: nothing can be told, and it is the gateway that waits for them. */
  #isAway: boolean;

  /**
   * @param member - who it is
   * @param generation - so many room processes died before this one: its offers have other numbers
   * @param context - the room
   */
  constructor(
    { id, name, media, hand, quality, order, away, watches }: Member,
    generation: number,
    context: ParticipantContext,
  ) {
    this.id = id;
    this.name = name;
    this.hand = hand;
    this.order = order;
    this.watches = watches;
    this.#isAway = away;
    this.#media = media;
    this.#context = context;
    this.#presence = new Presence(context.now());
    const { settings, log, now } = context;
    const signal = (message: MediaMessage): void => {
      this.#tell(message);
    };
    this.#control = new UplinkControl({ settings, log, now, signal }, context.ease());
    const downlinkContext = { ...context, signal };
    this.#downlink = new ParticipantDownlink(id, quality, generation, downlinkContext, {
      heard: () => {
        this.#presence.heard(now());
      },
      state: (state) => {
        this.#pathIs('downlink', state);
      },
      carries: (kbps) => {
        this.#control.setDownlinkKbps(kbps);
      },
    });
  }

  /** Whether their tile is a shared screen. */
  get screen(): boolean {
    return this.#media.video && this.#media.source === 'screen';
  }

  /** Whether their microphone is off. */
  get muted(): boolean {
    return !this.#media.audio;
  }

  /** Whether what is said to them should be kept short. */
  get isNarrow(): boolean {
    return this.#downlink.isNarrow;
  }

  /** The newest picture; null when switched off, not there yet, or stalled. */
  latest(): ReturnType<VideoSource['latest']> {
    if (!this.#hadPicture) return null;
    return this.#uplink?.latest() ?? null;
  }

  /** What the participant has switched on. */
  setMedia(media: MediaState): void {
    // The picture from before must not come up again when video is switched on, nor as a screen.
    if (!media.video || media.source !== this.#media.source) this.#forgetPicture();
    this.#media = media;
    this.#context.changed();
  }

  /** Whether their sound goes anywhere. */
  get #isHeard(): boolean {
    return this.#media.audio || this.#media.shareAudio;
  }

  /** What they are sent, and by what path; null: nothing. */
  get receiving(): Receiver['receiving'] {
    return this.#downlink.receiving;
  }

  /** Lines about them. */
  get log(): Logger {
    return this.#context.log.lines;
  }

  /**
   * Their connection is gone, or there again: then they are told what they may have missed.
   * @param join - the id of the connection they are back by
   */
  setAway(away: boolean, join?: string): void {
    this.#isAway = away;
    if (join !== undefined) this.#context.log.rejoined(join);
    if (away) return;
    this.#presence.heard(this.#context.now());
    this.#presence.countAnew();
    this.#downlink.again();
    this.#control.again();
  }

  /** The best quality they want to receive. They are told which one that comes to. */
  setQuality(max: QualityCap): void {
    this.#downlink.setQuality(max);
  }

  /** The room does without something else now. */
  setEase(ease: Ease): void {
    this.#control.setEase(ease);
    this.#downlink.setEase(ease);
  }

  /** The uplink's offer: another DTLS fingerprint replaces the PeerConnection. */
  offer(sdp: string): void {
    // The gateway has refused it already.
    if (this.watches) return;
    const fingerprint = fingerprintOf(sdp);
    if (this.#uplink !== undefined && fingerprint !== this.#uplinkFingerprint) {
      this.#uplink.close();
      this.#uplink = undefined;
      this.#forgetPicture();
    }
    this.#uplinkFingerprint = fingerprint;
    const uplink = (this.#uplink ??= this.#openUplink());
    uplink
      .accept(sdp, () => this.#control.answerTerms, this.#downlink.firstKnown)
      .catch((error: unknown) => {
        if (this.#uplink !== uplink) return;
        this.#refuse('bad-sdp', 'The uplink offer cannot be used.', error);
      });
  }

  /** The answer to the downlink's offer; one to an older offer is ignored. */
  answer(sdp: string, negotiation: number | undefined): void {
    try {
      this.#downlink.answer(sdp, negotiation);
    } catch (error) {
      this.#refuse('bad-sdp', 'The downlink answer cannot be used.', error);
    }
  }

  /** A remote candidate of either direction. */
  candidate(pc: PcName, candidate: Candidate): void {
    if (pc === 'uplink') this.#uplink?.addCandidate(candidate);
    else this.#downlink.addCandidate(candidate);
  }

  /** Tells the browser what to send from now on, as far as there is room for it. */
  askFor(demand: VideoDemand): void {
    this.#presence.countAnew();
    this.#control.want(demand, this.screen ? 'screen' : 'camera');
  }

  /** What their browser may send by its own reckoning, in kbit/s. */
  setUplinkKbps(kbps: number): void {
    this.#control.setUplinkKbps(kbps);
  }

  /** A fresh PeerConnection: the downlink's offer follows; an uplink is offered anew by the browser. */
  reconnect(pc: PcName): void {
    if (pc === 'uplink') {
      this.#uplink?.close();
      this.#uplink = undefined;
      this.#forgetPicture();
    } else {
      this.#downlink.reoffer();
    }
  }

  /** Looks after the path to the receiver; call it every 50 ms. */
  adapt(): void {
    this.#downlink.tick();
  }

  /**
   * Looks after presence and a downlink that has failed; call it a few times a second.
   * @returns `timeout` where nothing at all has come for longer than allowed of who is not away, `closed` where who is away
   *   has closed their PeerConnections: a page that waits for its connection keeps them
   */
  async whyGone(): Promise<GoneReason | null> {
    const now = this.#context.now();
    if (this.#isAway && this.#downlink.hasHungUp && (await this.#uplink?.hasHungUp()) !== false) {
      return 'closed';
    }
    // An offer would not reach who is away.
    if (!this.#isAway) this.#downlink.mend();
    if (this.#hadPicture && !this.#presence.hasPicture(now)) {
      this.#context.downlink.metrics.paths.uplinkStalls.inc();
      this.#forgetPicture();
    }
    const limit = this.#context.settings.mediaTimeoutMs;
    const isSilent = !this.#isAway && this.#presence.silentFor(now) >= limit / 2;
    if (!isSilent) this.#presence.countAnew();
    if (!isSilent && !this.#control.isLookDue) return null;
    // Sound comes out of the jitter buffer whether packets come or not: ask for the packets.
    const counts = (await this.#uplink?.received(this.#isHeard)) ?? noCounts;
    this.#control.look(counts, this.#media.video);
    if (!isSilent) return null;
    // Who was asked to send no video may have nothing else to send.
    const received = counts.packets + (this.#control.isVideoStopped ? counts.checks : 0);
    this.#presence.received(received, this.#context.now());
    const isGone = !this.#isAway && this.#presence.silentFor(this.#context.now()) >= limit;
    return isGone ? 'timeout' : null;
  }

  /** Ends both PeerConnections; may be called twice. */
  close(): void {
    this.#uplink?.close();
    this.#uplink = undefined;
    this.#downlink.close();
  }

  #forgetPicture(): void {
    this.#uplink?.forgetFrame();
    if (!this.#hadPicture) return;
    this.#hadPicture = false;
    this.#context.changed();
  }

  #openUplink(): Uplink {
    this.#control.restart();
    const { settings, downlink, sound, now } = this.#context;
    const tally = new UplinkTally(downlink.metrics.paths);
    return new Uplink(settings, downlink, {
      signal: (message) => {
        this.#tell({ ...message, pc: 'uplink' });
      },
      audio: ({ samples, sampleRate, channelCount }) => {
        if (this.#isHeard) sound.push(samples, sampleRate, channelCount);
      },
      state: (state) => {
        this.#pathIs('uplink', state);
      },
      stats: (reports) => {
        tally.take(reports);
      },
      video: () => {
        if (!this.#media.video) return;
        this.#presence.picture(now());
        if (this.#hadPicture) return;
        this.#hadPicture = true;
        this.#context.changed();
      },
      tooLarge: () => {
        this.#refuse('too-large', 'These pictures are too large to be shown.', null);
      },
    });
  }

  #pathIs(pc: PcName, result: 'connected' | 'failed'): void {
    this.#context.downlink.metrics.paths.connections.inc({ pc, result });
    this.log.info({ negotiation: this.#downlink.negotiation }, `${pc} ${result}`);
  }

  /** Something about one of the server's PeerConnections. */
  #tell(message: MediaMessage): void {
    this.#context.signal(announce(message, this.#context.settings.announcedIp));
  }

  #refuse(code: ErrorCode, message: string, error: unknown): void {
    // It is the browser's doing: nothing for an operator to look after.
    this.log.info({ err: error }, message);
    this.#context.signal({ type: 'error', code, message, fatal: false });
  }
}
