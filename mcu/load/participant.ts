import { protocolVersion } from '../protocol/common.ts';
import type { DirectionContext } from './direction.ts';
import { Downlink, type DownlinkTotals } from './downlink.ts';
import type { LoadEngine } from './engine.ts';
import { readInstruction, readRung, type ServerInstruction } from './messages.ts';
import type { ParticipantHooks, ParticipantOptions } from './participant-options.ts';
import type { ReceptionLog } from './reception-log.ts';
import { type LoadError, Signalling } from './signalling.ts';
import type { UplinkCounters } from './uplink-sender.ts';
import { Uplink } from './uplink.ts';

/** Why a participant is or is no longer there. */
export type ParticipantState = 'new' | 'joining' | 'joined' | 'ended';

/** Who stayed so long without seeing anything has something to complain about, in milliseconds. */
const patienceMs = 3000;

/** So often a participant builds its connections again. */
const maximumReconnects = 10;

/** One participant without a browser: signalling, an uplink that plays clips, a downlink that is counted. */
export class SyntheticParticipant {
  readonly name: string;
  readonly room: string;
  readonly errors: LoadError[] = [];
  /** The rungs it was told it gets, in order; the same one again is not a change. */
  readonly rungs: string[] = [];
  readonly #options: ParticipantOptions;
  readonly #engine: LoadEngine;
  readonly #hooks: ParticipantHooks;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  #state: ParticipantState = 'new';
  #id: string | null = null;
  #signalling: Signalling | null = null;
  #leaveTicker: (() => void) | null = null;
  #joinSentMs = 0;
  #reconnects = 0;
  #endedMs: number | null = null;

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
    const direction: DirectionContext = {
      options,
      engine,
      hooks,
      cname: () => this.#id ?? this.name,
      signal: (message) => this.#signalling?.send(message),
      refuse: (error) => this.errors.push(error),
      mayReconnect: () => this.#mayReconnect(),
    };
    this.#uplink = new Uplink(direction);
    this.#downlink = new Downlink(direction);
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

  /** When pictures came. */
  get reception(): ReceptionLog {
    return this.#downlink.reception;
  }

  /** How often a PeerConnection failed and was built again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Milliseconds from `join` to the first complete picture, or to the first sound where no picture is wanted; null before. */
  get joinMs(): number | null {
    const { firstMs } = this.#downlink;
    return firstMs === null ? null : firstMs - this.#joinSentMs;
  }

  /** Milliseconds from `join` to the end or to now. */
  get stayMs(): number {
    if (this.#joinSentMs === 0) return 0;
    return (this.#endedMs ?? this.#engine.now()) - this.#joinSentMs;
  }

  /** What was received, connections that are over included. */
  get received(): Readonly<DownlinkTotals> {
    return this.#downlink.totals;
  }

  /** What was sent, connections that are over included. */
  get sent(): Readonly<UplinkCounters> {
    return this.#uplink.counters;
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
      this.#uplink.tick(nowMs);
      this.#downlink.tick(nowMs);
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
    this.#uplink.close();
    this.#downlink.close();
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
        this.#uplink.open();
        return;
      case 'answer':
        this.#attempt(() => {
          this.#uplink.answer(instruction.sdp);
        });
        return;
      case 'offer':
        this.#attempt(() => {
          this.#downlink.open(instruction.sdp, instruction.negotiation);
        });
        return;
      case 'candidate':
        if (instruction.candidate === null) return;
        if (instruction.pc === 'uplink') this.#uplink.addCandidate(instruction.candidate);
        else this.#downlink.addCandidate(instruction.candidate);
        return;
      case 'reset':
        this.#downlink.close();
        this.#uplink.open();
        return;
      case 'uplink':
        this.#uplink.obey(instruction);
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

  #mayReconnect(): boolean {
    if (this.#state === 'ended') return false;
    this.#reconnects += 1;
    if (this.#reconnects <= maximumReconnects) return true;
    this.errors.push({ code: 'no-media', message: 'PeerConnections fail again and again.' });
    return false;
  }
}
