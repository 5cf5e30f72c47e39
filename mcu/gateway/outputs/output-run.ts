import { randomUUID } from 'node:crypto';
import type { Logger } from '../../log.ts';
import type { Output, OutputAbout, OutputEvent } from '../../protocol/outputs.ts';
import type { Death } from '../death.ts';
import type { OutputProcess } from '../output-process.ts';

/** Has a room process send its media to output processes. */
export interface FeedPort {
  /** From now on, through deaths of the room process too. */
  feed(feedId: string, socket: string, tracks: boolean): void;
  /** No more. */
  unfeed(feedId: string): void;
}

/** How the life of an output process ended. */
export type Outcome =
  | {
      readonly type: 'finished';
      readonly durationSeconds: number;
      readonly bytes: number;
      /** The disk is, so it ended by itself. */
      readonly full: boolean;
    }
  | { readonly type: 'failed'; readonly message: string }
  | ({ readonly type: 'died' } & Death);

/** What an {@link OutputRun} needs and whom it tells. */
export interface OutputRunOptions {
  readonly output: Output;
  readonly process: OutputProcess;
  /** Where it is to listen. */
  readonly socket: string;
  readonly canvas: { readonly width: number; readonly height: number };
  readonly fps: number;
  readonly logLevel: string;
  /** What its log lines carry. */
  readonly about: OutputAbout;
  readonly log: Logger;
  readonly feeds: FeedPort;
  /** While it runs. */
  readonly event?: (event: Extract<OutputEvent, { type: 'started' | 'progress' }>) => void;
  /** Of a stream. */
  readonly connection?: (event: Extract<OutputEvent, { type: 'connection' }>) => void;
  /** Once, when the process is gone. */
  readonly ended: (outcome: Outcome) => void;
}

/** A recording of several segments is copied when they are put together: hours of it take minutes. */
export const assembleTimeoutMs = 15 * 60_000;
/** Writing what is queued may take long on a slow disk, but not forever. */
const finishTimeoutMs = { recording: assembleTimeoutMs, hls: 60_000, stream: 60_000 };
/** A process that has answered exits. */
const exitGraceMs = 3000;

/** One life of an output process: opened, fed by the room, finished or dead. */
export class OutputRun {
  readonly #options: OutputRunOptions;
  readonly #feedId = randomUUID();
  #outcome: Outcome | undefined;
  #finishing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OutputRunOptions) {
    this.#options = options;
    const { process, output, socket, canvas, fps, logLevel, about } = options;
    process.attach({
      event: (event) => {
        this.#event(event);
      },
      ended: (death) => {
        this.#ended(death);
      },
    });
    process.send({ type: 'open', output, socket, canvas, fps, logLevel, about });
    // At once: the room keeps its media for the process until that listens.
    options.feeds.feed(this.#feedId, socket, output.kind === 'recording' && output.tracks);
  }

  /** The operating system's process id. */
  get pid(): number {
    return this.#options.process.pid;
  }

  /** Ends the file or stream properly; again: nothing. */
  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    const { feeds, process, output, log } = this.#options;
    feeds.unfeed(this.#feedId);
    process.send({ type: 'finish' });
    if (this.#outcome !== undefined) return;
    this.#timer = setTimeout(() => {
      log.error(
        { outputPid: process.pid, ...this.#options.about },
        'output process does not finish',
      );
      process.kill();
    }, finishTimeoutMs[output.kind]);
  }

  #event(event: OutputEvent): void {
    const { feeds, process } = this.#options;
    switch (event.type) {
      case 'listening':
        return;
      case 'started':
      case 'progress':
        this.#options.event?.(event);
        return;
      case 'connection':
        this.#options.connection?.(event);
        return;
      case 'finished':
      case 'failed':
        this.#outcome ??= event;
        this.#finishing = true;
        feeds.unfeed(this.#feedId);
        clearTimeout(this.#timer);
        void process.gone(exitGraceMs);
        return;
      default:
        event satisfies never;
    }
  }

  #ended(death: Death): void {
    clearTimeout(this.#timer);
    this.#finishing = true;
    this.#options.feeds.unfeed(this.#feedId);
    this.#options.ended(this.#outcome ?? { type: 'died', ...death });
  }
}
