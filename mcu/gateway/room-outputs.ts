import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import type { ChatMessage, Participant, RecordingReason } from '../protocol/common.ts';
import { OnegridError } from '../protocol/errors.ts';
import type { RoomCommand } from '../protocol/ipc.ts';
import type { RunningRecording, ServerMessage } from '../protocol/server.ts';
import type { HlsHouse, RoomHls } from './live/hls.ts';
import { type RunningStreamState, Stream, type StreamInfo } from './live/stream.ts';
import type { StreamUrl } from './live/stream-url.ts';
import type { OutputLauncher } from './outputs/launcher.ts';
import type { FeedPort } from './outputs/output-run.ts';
import type { Diary, RoomLayout } from './recordings/diary.ts';
import type { Recorder } from './recordings/recorder.ts';
import { isFinal } from './recordings/recording.ts';
import type { RecordingStore } from './recordings/store.ts';

/** What makes recordings, HLS and restreams of all rooms. */
export interface OutputServices {
  readonly settings: Settings;
  readonly log: Logger;
  readonly launcher: OutputLauncher;
  readonly store: RecordingStore;
  readonly hls: HlsHouse;
}

/** The room, as its outputs see it. */
export interface OutputsRoom {
  readonly name: string;
  /** To the room process there is now. */
  send(command: RoomCommand): void;
  broadcast(message: ServerMessage): void;
  participants(): readonly Participant[];
  layout(): RoomLayout;
  closeIfEmpty(): void;
}

/** A room's recording, HLS and restreams, and the feeds they get from its room process. */
export class RoomOutputs implements FeedPort {
  readonly #services: OutputServices;
  readonly #room: OutputsRoom;
  readonly #feeds = new Map<string, { readonly socket: string; readonly tracks: boolean }>();
  readonly #streams = new Map<string, Stream>();
  #starting: Promise<Recorder> | undefined;
  #recorder: Recorder | undefined;
  #hls: RoomHls | undefined;
  #closed = false;
  #closeReason: RecordingReason | null = null;

  constructor(services: OutputServices, room: OutputsRoom) {
    this.#services = services;
    this.#room = room;
  }

  feed(feedId: string, socket: string, tracks: boolean): void {
    this.#feeds.set(feedId, { socket, tracks });
    this.#room.send({ type: 'feed', feedId, socket, tracks });
  }

  unfeed(feedId: string): void {
    if (this.#feeds.delete(feedId)) this.#room.send({ type: 'unfeed', feedId });
  }

  /** The room has another room process: it feeds the same output processes. */
  mediaRestarted(): void {
    for (const [feedId, { socket, tracks }] of this.#feeds) {
      this.#room.send({ type: 'feed', feedId, socket, tracks });
    }
  }

  /** The recording that is running. */
  get recording(): RunningRecording | null {
    const recorder = this.#running;
    return recorder === undefined ? null : { id: recorder.id, state: recorder.state };
  }

  /** What is told of them over HTTP. */
  get info(): { recording: RunningRecording | null; streams: StreamInfo[]; hls: boolean } {
    return {
      recording: this.recording,
      streams: Array.from(this.#streams.values(), ({ info }) => info),
      hls: this.#hls !== undefined,
    };
  }

  /** How the connections of its restreams are. */
  get streamStates(): RunningStreamState[] {
    return Array.from(this.#streams.values(), ({ info }) => info.state).filter(
      (state) => state !== 'stopped',
    );
  }

  /**
   * Starts recording.
   * @param tracks - whether each participant's sound is kept, too
   * @param join - the connection it was asked for by
   * @throws OnegridError `conflict` where there is one already, `no-space`, `not-found` where the room is closed
   */
  async startRecording(
    tracks: boolean = this.#services.settings.recordingTracks,
    join?: string,
  ): Promise<Recorder> {
    if (this.#closed) throw roomIsClosed();
    if (this.#starting !== undefined || this.#running !== undefined) {
      throw new OnegridError('conflict', 'This room is being recorded already.');
    }
    const { store } = this.#services;
    const room = this.#room;
    this.#starting = store.start(
      {
        name: room.name,
        feeds: this,
        join,
        // As they are when it begins.
        get participants() {
          return room.participants().filter(({ role }) => role !== 'viewer');
        },
        get layout() {
          return room.layout();
        },
        tell: (message) => {
          room.broadcast(message);
        },
        pauseOver: () => {
          room.closeIfEmpty();
        },
      },
      tracks,
    );
    try {
      this.#recorder = await this.#starting;
    } finally {
      this.#starting = undefined;
    }
    if (this.#isClosed) this.#recorder.end(this.#closeReason);
    return this.#recorder;
  }

  /**
   * What a participant's `record` asks for.
   * @throws OnegridError as {@link startRecording}; `not-found` where there is none to stop
   */
  async record(action: 'start' | 'stop', join: string): Promise<void> {
    if (action === 'start') {
      await this.startRecording(undefined, join);
      return;
    }
    const recorder = this.#starting === undefined ? this.#running : await this.#starting;
    if (recorder === undefined) throw new OnegridError('not-found', 'Nothing is being recorded.');
    recorder.end('stopped');
  }

  /** Switches HLS on or off. */
  setHls(on: boolean): void {
    if (this.#closed) throw roomIsClosed();
    if (on) this.#hls ??= this.#services.hls.start(this.#room.name, this);
    else this.#endHls();
  }

  /**
   * Starts a restream.
   * @throws OnegridError `overloaded` when there are as many as allowed
   */
  startStream(url: StreamUrl): StreamInfo {
    if (this.#closed) throw roomIsClosed();
    const { settings, launcher, log } = this.#services;
    if (this.#streams.size >= settings.maxStreams) {
      throw new OnegridError('overloaded', 'This room has as many streams as it may have.');
    }
    const stream = new Stream(this.#room.name, url, { launcher, feeds: this, log });
    this.#streams.set(stream.id, stream);
    return stream.info;
  }

  /** Ends a restream; null where there is none of that id. */
  stopStream(id: string): StreamInfo | null {
    const stream = this.#streams.get(id);
    if (stream === undefined) return null;
    this.#streams.delete(id);
    stream.stop();
    return stream.info;
  }

  /** Somebody came. Who only watches is in no recording, nor does one go on for them. */
  joined(participant: Participant): void {
    if (participant.role === 'viewer') return;
    this.#diary?.joined(participant);
    this.#recorder?.resume();
  }

  /** Somebody left. */
  left(id: string): void {
    this.#diary?.left(id);
  }

  /** Somebody switched something on or off. */
  changed(before: Participant, after: Participant): void {
    this.#diary?.changed(before, after);
  }

  /** Others speak. */
  speakers(active: readonly string[]): void {
    this.#diary?.speakers(active);
  }

  /** The room is laid out anew. */
  arranged(layout: RoomLayout): void {
    this.#diary?.layout(layout);
  }

  /** Somebody wrote something. */
  wrote(message: ChatMessage): void {
    this.#diary?.wrote(message);
  }

  /** The last one has left. @returns whether the room stays open, because its recording waits for somebody */
  pause(): boolean {
    if (this.#services.settings.recordingEmpty !== 'pause') return false;
    const recorder = this.#running;
    if (recorder === undefined || recorder.state === 'finishing') return false;
    recorder.pause();
    return true;
  }

  /**
   * Nobody is left but who only watches: what is recorded is an empty room.
   * @param mayReturn - whether somebody of those whom it was of may come back
   */
  onlyWatched(mayReturn: boolean): void {
    if (!this.pause() && !mayReturn) this.#running?.end('room-empty');
  }

  /**
   * The room closes: everything is brought to its end.
   * @param reason - see {@link Recorder.end}
   */
  close(reason: RecordingReason | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeReason = reason;
    this.#recorder?.end(reason);
    this.#endHls();
    for (const id of [...this.#streams.keys()]) this.stopStream(id);
  }

  // Through a getter: it changes while somebody waits.
  get #isClosed(): boolean {
    return this.#closed;
  }

  get #running(): Recorder | undefined {
    const recorder = this.#recorder;
    return recorder === undefined || isFinal(recorder) ? undefined : recorder;
  }

  get #diary(): Diary | undefined {
    const recorder = this.#running;
    return recorder === undefined || recorder.state === 'finishing' ? undefined : recorder.diary;
  }

  #endHls(): void {
    this.#hls?.finish();
    this.#hls = undefined;
  }
}

const roomIsClosed = (): OnegridError => new OnegridError('not-found', 'There is no such room.');
