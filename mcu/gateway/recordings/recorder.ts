import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../log.ts';
import type { Participant, RecordingReason, RecordingState } from '../../protocol/common.ts';
import type { OutputAbout, OutputEvent } from '../../protocol/outputs.ts';
import type { ServerMessage } from '../../protocol/server.ts';
import type { OutputLauncher } from '../outputs/launcher.ts';
import type { FeedPort, Outcome, OutputRun } from '../outputs/output-run.ts';
import { type ProcessIdentity, identityOf } from '../outputs/process-identity.ts';
import { Deaths } from '../deaths.ts';
import { Diary, type RoomLayout } from './diary.ts';
import type { Disk } from './disk.ts';
import { MediaClock } from './media-clock.ts';
import type { Recording, RecordingSummary } from './recording.ts';

/** The room that is recorded, as its recorder sees it. */
export interface RecordedRoom {
  readonly name: string;
  readonly feeds: FeedPort;
  readonly participants: readonly Participant[];
  readonly layout: RoomLayout;
  /** By which connection it was asked for; undefined: by HTTP. */
  readonly join: string | undefined;
  /** Tells everybody in the room. */
  tell(message: Extract<ServerMessage, { type: 'recording' }>): void;
  /** The recording was paused for too long, or ended meanwhile: nobody is in the room. */
  pauseOver(): void;
}

/** What a {@link Recorder} needs from around it. */
export interface RecorderContext {
  readonly settings: Settings;
  readonly log: Logger;
  readonly launcher: OutputLauncher;
  readonly disk: Disk;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Where its files go: absolute, and there already. */
  readonly folder: string;
  /** Something has changed; `urgent`: its state. */
  changed(urgent: boolean): void;
  /** It is final. */
  ended(): Promise<void>;
}

type Phase =
  | { readonly name: 'running' | 'pausing'; readonly run: OutputRun }
  | { readonly name: 'paused'; readonly timer: NodeJS.Timeout }
  | { readonly name: 'ending' }
  /** Told only when it is written down, too: until then its files are worked on. */
  | { readonly name: 'ended'; readonly state: RecordingState };

/** How the output process says that all is well. */
type Finished = Extract<Outcome, { type: 'finished' }>;

/** Assembling only reads and writes files: what killed it once may not be there the second time. */
const assembleTries = 2;

/** Records one room: the output process that writes, and the ones after it where it dies or pauses. */
export class Recorder {
  readonly id: string;
  readonly diary: Diary;
  /** Resolves when the recording is final. */
  readonly done: Promise<void>;
  readonly #room: RecordedRoom;
  readonly #context: RecorderContext;
  readonly #tracks: boolean;
  readonly #about: OutputAbout;
  readonly #log: Logger;
  readonly #clock = new MediaClock();
  readonly #startedAt: number;
  readonly #startedMs: number;
  readonly #gateway: ProcessIdentity | null = identityOf(process.pid);
  readonly #deaths = new Deaths();
  readonly #unwatch: () => void;
  #output: ProcessIdentity | null = null;
  #state: RecordingState = 'starting';
  #reason: RecordingReason | null = null;
  #endedMs: number | null = null;
  #phase: Phase;
  #nextSegment = 0;
  /** Whether the next segment follows a pause. */
  #joins = false;
  /** Whether somebody came while a pause was being prepared. */
  #resumes = false;
  /** Whether there is any picture at all. */
  #hasMedia = false;
  #interrupted = false;
  /** Where the running segment begins, in seconds of the media. */
  #position = 0;
  #durationSeconds = 0;
  /** What is there in all, put together, where the last segment ended as it should; null while one is written. */
  #whole: Finished | null = null;
  /** When it last got longer. */
  #grewMs: number;
  /** Of the segments before. */
  #earlierBytes = 0;
  #bytes = 0;
  #resolveDone: () => void = () => undefined;

  /**
   * Starts recording; whoever makes it writes it down for the first time.
   * @param id - a new one
   * @param tracks - whether each participant's sound is kept in a file of its own, too
   */
  constructor(id: string, room: RecordedRoom, tracks: boolean, context: RecorderContext) {
    this.id = id;
    this.#room = room;
    this.#context = context;
    this.#tracks = tracks;
    const { name, join } = room;
    this.#about = { room: name, recording: id, ...(join !== undefined && { join }) };
    this.#log = context.log.child(this.#about);
    this.#startedAt = Date.now();
    this.#startedMs = context.now();
    this.#grewMs = this.#startedMs;
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    this.diary = new Diary(this.#clock, context.now, room.participants, room.layout);
    this.#phase = { name: 'running', run: this.#startSegment() };
    this.#unwatch = context.disk.watch(() => {
      this.end('disk-full');
    });
    this.#log.info('recording started');
    room.tell({ type: 'recording', state: this.#state, id });
  }

  /** Where it stands. */
  get state(): RecordingState {
    return this.#state;
  }

  /** How long nothing has been added to it, in milliseconds; 0 while nothing is to be. */
  get lagMs(): number {
    return this.#phase.name === 'running' ? this.#context.now() - this.#grewMs : 0;
  }

  /** The short of it. */
  get summary(): RecordingSummary {
    const { width, height } = this.#context.settings.canvas;
    return {
      id: this.id,
      room: this.#room.name,
      state: this.#state,
      reason: this.#reason,
      startedAt: this.#time(this.#startedMs),
      endedAt: this.#endedMs === null ? null : this.#time(this.#endedMs),
      durationSeconds: Math.round(this.#durationSeconds * 1000) / 1000,
      bytes: this.#earlierBytes + this.#bytes,
      width,
      height,
      tracks: this.#tracks,
      participants: this.diary.participants,
      hasChat: this.diary.hasChat,
      processes:
        this.#phase.name === 'ended' || this.#gateway === null
          ? null
          : { gateway: this.#gateway, output: this.#output },
    };
  }

  /** `recording.json`. */
  get whole(): Recording {
    const { hasChat: _hasChat, ...summary } = this.summary;
    const { events, chat } = this.diary;
    const state = this.#phase.name === 'ended' ? this.#phase.state : this.#state;
    return { ...summary, state, events, chat };
  }

  /**
   * Ends it; does nothing where it ends already.
   * @param reason - null: a crash cuts it off, and it is `interrupted`
   */
  end(reason: RecordingReason | null): void {
    const phase = this.#phase;
    if (phase.name === 'ending' || phase.name === 'ended') return;
    this.#reason = reason;
    this.#interrupted ||= reason === null;
    this.#log.info({ reason }, 'recording ends');
    this.#beginEnding();
    if (phase.name === 'paused') {
      clearTimeout(phase.timer);
      void this.#conclude();
    } else {
      phase.run.finish();
    }
    if (phase.name !== 'running') this.#room.pauseOver();
  }

  /** The last one has left: what there is becomes a segment, and the media stands still. */
  pause(): void {
    if (this.#phase.name !== 'running') return;
    this.#resumes = false;
    this.#phase = { name: 'pausing', run: this.#phase.run };
    this.#phase.run.finish();
  }

  /** Somebody is there again. */
  resume(): void {
    if (this.#phase.name === 'pausing') this.#resumes = true;
    if (this.#phase.name !== 'paused') return;
    clearTimeout(this.#phase.timer);
    this.#phase = { name: 'running', run: this.#startSegment() };
    this.#context.changed(true);
  }

  /** ISO 8601, as if nobody had set the clock meanwhile. */
  #time(ms: number): string {
    return new Date(this.#startedAt + (ms - this.#startedMs)).toISOString();
  }

  #startSegment(): OutputRun {
    this.#whole = null;
    const segment = this.#nextSegment;
    this.#nextSegment += 1;
    // What was lost before it is another matter.
    if (this.#joins) this.#grewMs = this.#context.now();
    const joined = this.#joins;
    const run = this.#context.launcher.run(
      {
        kind: 'recording',
        directory: this.#context.folder,
        segment,
        joined,
        tracks: this.#tracks,
      },
      this.#room.feeds,
      {
        about: this.#about,
        event: (event) => {
          this.#event(event);
        },
        ended: (outcome) => {
          this.#segmentEnded(outcome);
        },
      },
    );
    this.#output = identityOf(run.pid);
    this.#log.info({ outputPid: run.pid, segment, joined }, 'segment started');
    return run;
  }

  #event(event: Extract<OutputEvent, { type: 'started' | 'progress' }>): void {
    if (event.type === 'started') {
      this.#position = this.#clock.segmentStarted(this.#context.now() - event.agoMs, this.#joins);
      this.#joins = false;
      this.#hasMedia = true;
      if (this.#state === 'starting') {
        this.#state = 'active';
        this.#tell();
      }
      return;
    }
    this.#bytes = event.bytes;
    const duration = this.#position + event.durationSeconds;
    if (duration > this.#durationSeconds) {
      this.#durationSeconds = duration;
      this.#grewMs = this.#context.now();
    }
    this.#context.changed(false);
    const { recordingMaxMs } = this.#context.settings;
    if (recordingMaxMs > 0 && this.#durationSeconds * 1000 >= recordingMaxMs) this.end('limit');
  }

  #segmentEnded(outcome: Outcome): void {
    this.#output = null;
    if (outcome.type === 'finished') {
      this.#made(outcome);
    } else {
      if (this.#hasMedia || this.#phase.name === 'running')
        this.#log.error({ outcome }, 'output process of a recording failed');
      this.#earlierBytes += this.#bytes;
    }
    this.#bytes = 0;
    switch (this.#phase.name) {
      case 'ending':
        this.#interrupted ||= outcome.type === 'died';
        void this.#conclude();
        return;
      case 'pausing':
        if (outcome.type === 'finished' && outcome.full) {
          this.#diskFull();
          this.#room.pauseOver();
        } else {
          this.#enterPause();
        }
        return;
      case 'running':
        this.#lost(outcome);
        return;
      case 'paused':
      case 'ended':
        return;
      default:
        this.#phase satisfies never;
    }
  }

  /** The process has gone without having been asked to. */
  #lost(outcome: Outcome): void {
    if (outcome.type === 'finished' && outcome.full) {
      this.#diskFull();
      return;
    }
    this.#deaths.add(this.#context.now());
    if (this.#deaths.areTooMany) {
      this.#interrupted = true;
      this.#beginEnding();
      void this.#conclude();
      return;
    }
    this.#phase = { name: 'running', run: this.#startSegment() };
    this.#context.changed(true);
  }

  #enterPause(): void {
    this.#clock.paused(this.#durationSeconds);
    this.#joins = this.#hasMedia;
    const timer = setTimeout(() => {
      this.end('room-empty');
    }, this.#context.settings.recordingPauseMs);
    this.#phase = { name: 'paused', timer };
    this.#context.changed(true);
    if (this.#resumes) this.resume();
  }

  /** Its process has ended by itself for want of room. */
  #diskFull(): void {
    this.#reason = 'disk-full';
    this.#log.warn('recording ends: the disk is full');
    this.#beginEnding();
    void this.#conclude();
  }

  /** From now on nobody starts a segment; what there is is put together when the last one is finished. */
  #beginEnding(): void {
    this.#unwatch();
    this.#endedMs = this.#context.now();
    this.#state = 'finishing';
    this.#phase = { name: 'ending' };
    this.#tell();
  }

  /** Everything there is has been put together. */
  #made(whole: Finished): void {
    this.#whole = whole;
    this.#durationSeconds = whole.durationSeconds;
    this.#earlierBytes = whole.bytes;
  }

  /** No segment follows: what there is is final when it is put together. */
  async #conclude(): Promise<void> {
    if (this.#whole === null && this.#hasMedia) await this.#assemble();
    if (this.#whole === null && this.#context.launcher.isClosing) {
      // Not written down as final: the next server repairs it.
      this.#resolveDone();
      return;
    }
    const state = this.#finalState;
    this.#phase = { name: 'ended', state };
    await this.#context.ended();
    this.#state = state;
    this.#log.info({ state: this.#state, reason: this.#reason }, 'recording ended');
    this.#tell();
    this.#resolveDone();
  }

  get #finalState(): RecordingState {
    if (this.#whole === null) return 'failed';
    return this.#interrupted ? 'interrupted' : 'complete';
  }

  async #assemble(): Promise<void> {
    const { launcher, folder } = this.#context;
    for (let tries = 0; tries < assembleTries; tries += 1) {
      const outcome = await launcher.assemble(folder, this.#about, (pid) => {
        this.#output = identityOf(pid);
        this.#context.changed(true);
      });
      this.#output = null;
      if (outcome.type === 'finished') this.#made(outcome);
      if (outcome.type !== 'died' || launcher.isClosing) return;
      this.#log.error({ outcome }, 'assembling a recording failed');
    }
  }

  #tell(): void {
    this.#context.changed(true);
    this.#room.tell({
      type: 'recording',
      state: this.#state,
      id: this.id,
      ...(this.#reason !== null && { reason: this.#reason }),
    });
  }
}
