import type { NtpClock } from '../rtp/index.ts';
import { protocolVersion } from '../protocol/common.ts';
import type { ClipLibrary } from './clip-library.ts';
import { DownlinkConnection, type PacketKind } from './downlink-connection.ts';
import type { DownlinkCounters } from './downlink-receiver.ts';
import type { ArrivedFrame } from './frame-assembler.ts';
import type { Histogram } from './histogram.ts';
import { readInstruction, readRung, type ServerInstruction, type UplinkWish } from './messages.ts';
import type { Pictures } from './pictures.ts';
import { ReceptionLog } from './reception-log.ts';
import { type LoadError, Signalling } from './signalling.ts';
import type { Sound } from './sound.ts';
import type { Ticker } from './ticker.ts';
import { UplinkConnection } from './uplink-connection.ts';
import type { UplinkCounters } from './uplink-sender.ts';
import { wantedVideo } from './uplink-wish.ts';

/** What all participants share. */
export interface LoadEngine {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly ntp: NtpClock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly ticker: Ticker;
  readonly library: ClipLibrary;
  /** Times between pictures that came, and between pictures that were sent. */
  readonly gaps: { readonly received: Histogram; readonly sent: Histogram };
}

/** Told what happens, as it happens; times are milliseconds of the engine's clock. */
export interface ParticipantHooks {
  /** A packet of the downlink has come; it is ours to read during the call. */
  readonly packet?: (kind: PacketKind, packet: Buffer, atMs: number) => void;
  /** A picture of the composite is complete; valid during the call. */
  readonly frame?: (frame: ArrivedFrame) => void;
  /** A picture of the uplink was sent: its number in the clip, when it was due, when its last packet went. */
  readonly sent?: (index: number, dueMs: number, sentMs: number) => void;
  /** A message of the server, as it is. */
  readonly message?: (message: unknown) => void;
}

/** Who a synthetic participant is. */
export interface ParticipantOptions {
  /** As `signallingAddress` gives it. */
  readonly address: string;
  readonly room: string;
  readonly name: string;
  readonly token?: string | undefined;
  /** What is sent; null for a listener, who sends nothing. */
  readonly sends: { readonly pictures: Pictures | null; readonly sound: Sound } | null;
  /** Size of the uplink's pictures: fixed, or what the server asks for. */
  readonly size: { readonly width: number; readonly height: number; readonly fixed: boolean };
  /** Pictures a second at most. */
  readonly fps: number;
  readonly codec: 'h264' | 'vp8';
  /** Asked for after joining. */
  readonly quality?: string | undefined;
  /** Shares of packets that are lost, 0 to 1. */
  readonly loss: { readonly downlink: number; readonly uplink: number };
}

/** Why a participant is or is no longer there. */
export type ParticipantState = 'new' | 'joining' | 'joined' | 'ended';

/** Packet lengths before the server says what it wants, in milliseconds. */
const usualFrameMs = 20;

/** Who stayed so long without seeing anything has something to complain about, in milliseconds. */
const patienceMs = 3000;

/** So often a participant builds its connections again. */
const maximumReconnects = 10;

const noDownlink: DownlinkCounters = {
  videoPackets: 0,
  audioPackets: 0,
  recoveredPackets: 0,
  bytes: 0,
  audioBytes: 0,
  plis: 0,
  nacks: 0,
};
const noUplink: UplinkCounters = {
  frames: 0,
  keyframes: 0,
  videoPackets: 0,
  audioPackets: 0,
  bytes: 0,
  plis: 0,
  resentPackets: 0,
};

/** One participant without a browser: signalling, an uplink that plays clips, a downlink that is counted. */
export class SyntheticParticipant {
  readonly name: string;
  readonly room: string;
  readonly errors: LoadError[] = [];
  readonly reception: ReceptionLog;
  /** The rungs it was told it gets, in order; the same one again is not a change. */
  readonly rungs: string[] = [];
  readonly #options: ParticipantOptions;
  readonly #engine: LoadEngine;
  readonly #hooks: ParticipantHooks;
  #state: ParticipantState = 'new';
  #id: string | null = null;
  #signalling: Signalling | null = null;
  #uplink: UplinkConnection | null = null;
  #downlink: DownlinkConnection | null = null;
  #leaveTicker: (() => void) | null = null;
  #wish: UplinkWish | null = null;
  #frameMs = usualFrameMs;
  #joinSentMs = 0;
  #reconnects = 0;
  #firstSoundMs: number | null = null;
  #endedMs: number | null = null;
  #sentMs: number | null = null;
  /** Of connections that are over. */
  readonly #pastDownlink = { ...noDownlink, expected: 0, received: 0 };
  readonly #pastUplink = { ...noUplink };

  /**
   * @param options - Who it is.
   * @param engine - What all share.
   * @param hooks - Told what happens.
   */
  constructor(options: ParticipantOptions, engine: LoadEngine, hooks: ParticipantHooks = {}) {
    this.name = options.name;
    this.room = options.room;
    this.#options = options;
    this.#engine = engine;
    this.#hooks = hooks;
    this.reception = new ReceptionLog(engine.gaps.received);
  }

  /** Where it stands. */
  get state(): ParticipantState {
    return this.#state;
  }

  /** Its id in the room; null before `joined`. */
  get id(): string | null {
    return this.#id;
  }

  /** Whether it is no listener. */
  get isSending(): boolean {
    return this.#options.sends !== null;
  }

  /** How often a PeerConnection failed and was built again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Milliseconds from `join` to the first complete picture, or to the first sound where no picture is wanted; null before. */
  get joinMs(): number | null {
    const first = this.#options.quality === 'audio' ? this.#firstSoundMs : this.reception.firstMs;
    return first === null ? null : first - this.#joinSentMs;
  }

  /** Milliseconds from `join` to the end or to now. */
  get stayMs(): number {
    if (this.#joinSentMs === 0) return 0;
    return (this.#endedMs ?? this.#engine.now()) - this.#joinSentMs;
  }

  /** What was received, connections that are over included. */
  get received(): DownlinkCounters & { readonly expected: number; readonly received: number } {
    const receiver = this.#downlink?.receiver;
    const now = receiver?.counters ?? noDownlink;
    const past = this.#pastDownlink;
    return {
      videoPackets: past.videoPackets + now.videoPackets,
      audioPackets: past.audioPackets + now.audioPackets,
      recoveredPackets: past.recoveredPackets + now.recoveredPackets,
      bytes: past.bytes + now.bytes,
      audioBytes: Math.max(past.audioBytes, now.audioBytes),
      plis: past.plis + now.plis,
      nacks: past.nacks + now.nacks,
      expected: past.expected + (receiver?.expectedPackets ?? 0),
      received: past.received + (receiver?.receivedPackets ?? 0),
    };
  }

  /** What was sent, connections that are over included. */
  get sent(): UplinkCounters {
    const now = this.#uplink?.counters ?? noUplink;
    const past = this.#pastUplink;
    return {
      frames: past.frames + now.frames,
      keyframes: past.keyframes + now.keyframes,
      videoPackets: past.videoPackets + now.videoPackets,
      audioPackets: past.audioPackets + now.audioPackets,
      bytes: past.bytes + now.bytes,
      plis: past.plis + now.plis,
      resentPackets: past.resentPackets + now.resentPackets,
    };
  }

  /** Connects and joins. What goes wrong is in `errors`. */
  join(): void {
    if (this.#state !== 'new') return;
    this.#state = 'joining';
    const { address, room, name, token, sends } = this.#options;
    const isSending = sends !== null;
    this.#signalling = new Signalling(address, {
      open: () => {
        this.#joinSentMs = this.#engine.now();
        this.#signalling?.send({
          type: 'join',
          protocol: protocolVersion,
          room,
          name,
          ...(token !== undefined && { token }),
          media: { audio: isSending, video: isSending && sends.pictures !== null },
        });
      },
      message: (message) => {
        if (this.#state === 'ended') return;
        this.#hooks.message?.(message);
        const rung = readRung(message);
        if (rung !== null && rung !== this.rungs.at(-1)) this.rungs.push(rung);
        const instruction = readInstruction(message);
        if (instruction !== null) this.#obey(instruction);
      },
      closed: (error) => {
        if (error !== null && this.#state !== 'ended') this.errors.push(error);
        this.#end();
      },
    });
    this.#leaveTicker = this.#engine.ticker.add((nowMs) => {
      this.#uplink?.tick(nowMs);
      this.#downlink?.tick(nowMs);
    });
  }

  /** Leaves; resolves when the connection is closed. May be called twice. */
  async leave(): Promise<void> {
    this.#end();
    await this.#signalling?.leave();
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#endedMs = this.#engine.now();
    this.reception.end(this.#endedMs);
    this.#leaveTicker?.();
    this.#closeUplink();
    this.#closeDownlink();
    if (this.joinMs !== null || this.errors.length > 0 || this.stayMs < patienceMs) return;
    this.errors.push({ code: 'no-media', message: 'Nothing of the composite came.' });
  }

  #obey(instruction: ServerInstruction): void {
    switch (instruction.type) {
      case 'joined':
        this.#state = 'joined';
        this.#id = instruction.participantId;
        if (this.#options.quality !== undefined) {
          this.#signalling?.send({ type: 'quality', max: this.#options.quality });
        }
        this.#openUplink();
        return;
      case 'answer':
        this.#attempt(() => this.#uplink?.answer(instruction.sdp));
        return;
      case 'offer':
        this.#attempt(() => {
          this.#openDownlink(instruction.sdp, instruction.negotiation);
        });
        return;
      case 'candidate':
        if (instruction.candidate === null) return;
        if (instruction.pc === 'uplink') this.#uplink?.addCandidate(instruction.candidate);
        else this.#downlink?.addCandidate(instruction.candidate);
        return;
      case 'reset':
        this.#closeDownlink();
        this.#openUplink();
        return;
      case 'uplink':
        this.#wish = instruction;
        if (instruction.audio?.ptime !== undefined) this.#frameMs = instruction.audio.ptime;
        this.#play();
        return;
      case 'error':
        this.errors.push({ code: instruction.code, message: instruction.message });
        if (!instruction.fatal) return;
        this.#end();
        void this.#signalling?.leave();
        return;
      case 'closed':
        this.errors.push({ code: 'closed', message: `The server said: ${instruction.reason}.` });
        this.#end();
        void this.#signalling?.leave();
        return;
      default:
        instruction satisfies never;
    }
  }

  /** What native code refuses ends no run. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.errors.push({
        code: 'bad-sdp',
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #openUplink(): void {
    this.#closeUplink();
    if (this.#options.sends === null) return;
    const { now, ntp, random, gaps } = this.#engine;
    this.#uplink = new UplinkConnection({
      cname: this.#id ?? this.name,
      now,
      ntp,
      random,
      loss: this.#options.loss.uplink,
      offer: (sdp) => this.#signalling?.send({ type: 'offer', pc: 'uplink', sdp }),
      candidate: (candidate) =>
        this.#signalling?.send({ type: 'candidate', pc: 'uplink', candidate }),
      answered: (frameMs) => {
        if (frameMs === null || frameMs === this.#frameMs) return;
        this.#frameMs = frameMs;
        this.#play();
      },
      failed: () => {
        if (!this.#mayReconnect()) return;
        this.#signalling?.send({ type: 'reconnect', pc: 'uplink' });
        this.#openUplink();
      },
      frame: (index, dueMs, sentMs) => {
        if (this.#sentMs !== null) gaps.sent.add(sentMs - this.#sentMs);
        this.#sentMs = sentMs;
        this.#hooks.sent?.(index, dueMs, sentMs);
      },
    });
    this.#play();
  }

  #openDownlink(offer: string, negotiation: number | undefined): void {
    this.#closeDownlink();
    const { now, random } = this.#engine;
    const { codec, loss } = this.#options;
    const { packet: told } = this.#hooks;
    const isListening = this.#options.quality === 'audio';
    this.#downlink = new DownlinkConnection(offer, {
      cname: this.#id ?? this.name,
      codec,
      now,
      random,
      loss: loss.downlink,
      answer: (sdp) =>
        this.#signalling?.send({
          type: 'answer',
          pc: 'downlink',
          sdp,
          ...(negotiation !== undefined && { negotiation }),
        }),
      candidate: (candidate) =>
        this.#signalling?.send({ type: 'candidate', pc: 'downlink', candidate }),
      failed: () => {
        // A fresh offer comes.
        if (this.#mayReconnect()) this.#signalling?.send({ type: 'reconnect', pc: 'downlink' });
      },
      frame: (frame) => {
        this.reception.add(frame);
        this.#hooks.frame?.(frame);
      },
      packet:
        told === undefined && !isListening
          ? undefined
          : (kind, packet, atMs) => {
              if (kind === 'audio') this.#firstSoundMs ??= atMs;
              told?.(kind, packet, atMs);
            },
    });
  }

  #mayReconnect(): boolean {
    if (this.#state === 'ended') return false;
    this.#reconnects += 1;
    if (this.#reconnects <= maximumReconnects) return true;
    this.errors.push({ code: 'no-media', message: 'PeerConnections fail again and again.' });
    return false;
  }

  #closeUplink(): void {
    const counters = this.#uplink?.counters;
    this.#uplink?.close();
    this.#uplink = null;
    this.#sentMs = null;
    if (!counters) return;
    const past = this.#pastUplink;
    past.frames += counters.frames;
    past.keyframes += counters.keyframes;
    past.videoPackets += counters.videoPackets;
    past.audioPackets += counters.audioPackets;
    past.bytes += counters.bytes;
    past.plis += counters.plis;
    past.resentPackets += counters.resentPackets;
  }

  #closeDownlink(): void {
    if (this.#downlink === null) return;
    const total = this.received;
    this.#downlink.close();
    this.#downlink = null;
    Object.assign(this.#pastDownlink, total);
  }

  /** Plays what is wanted now, as soon as it is encoded; until then what was played goes on. */
  #play(): void {
    const { sends } = this.#options;
    const uplink = this.#uplink;
    if (sends === null || uplink === null) return;
    const { library } = this.#engine;
    const frameMs = this.#frameMs;
    const playing = library.sound(sends.sound, frameMs).then((clip) => {
      if (uplink === this.#uplink && frameMs === this.#frameMs) uplink.playSound(clip);
    });
    playing.catch((error: unknown) => this.#refuse(error));
    if (sends.pictures === null) return;
    const wish = this.#wish;
    const { size, fps } = this.#options;
    const options = wantedVideo(wish, { ...size, fps });
    if (options === null) {
      uplink.playVideo(null);
      return;
    }
    library
      .video(sends.pictures, options)
      .then((clip) => {
        if (uplink === this.#uplink && wish === this.#wish) uplink.playVideo(clip);
      })
      .catch((error: unknown) => this.#refuse(error));
  }

  #refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.errors.push({ code: 'internal', message: `A clip could not be made: ${message}` });
  }
}
