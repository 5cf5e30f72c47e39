import { randomBytes } from 'node:crypto';
import type { Logger } from '../../log.ts';
import { KeptRun } from '../outputs/kept-run.ts';
import type { OutputLauncher } from '../outputs/launcher.ts';
import type { FeedPort, Outcome } from '../outputs/output-run.ts';
import { redacted, type StreamUrl } from './stream-url.ts';

/** How the connection of a restream is that was not stopped. */
export type RunningStreamState = 'connecting' | 'active' | 'retrying';

/** A restream as told over HTTP. */
export interface StreamInfo {
  readonly id: string;
  readonly room: string;
  /** Without its key. */
  readonly url: string;
  readonly state: RunningStreamState | 'stopped';
  /** What went wrong last; null when all is well. */
  readonly error: string | null;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
}

/** Passes the composite of one room on to somewhere else, and tries again until it is told to stop. */
export class Stream {
  readonly id = randomBytes(9).toString('base64url');
  readonly #room: string;
  readonly #url: StreamUrl;
  readonly #log: Logger;
  readonly #startedAt = new Date().toISOString();
  readonly #run: KeptRun;
  #state: StreamInfo['state'] = 'connecting';
  #error: string | null = null;

  constructor(
    room: string,
    url: StreamUrl,
    context: { launcher: OutputLauncher; feeds: FeedPort; log: Logger },
  ) {
    const { launcher, feeds, log } = context;
    this.#room = room;
    this.#url = url;
    this.#log = log.child({ room, stream: this.id });
    this.#run = new KeptRun(
      (ended) =>
        launcher.run({ kind: 'stream', url: url.secret }, feeds, {
          about: { room, stream: this.id },
          connection: ({ state, error }) => {
            this.#changed(state, error ?? null);
          },
          ended,
        }),
      (outcome) => {
        this.#changed('retrying', sentenceOf(outcome));
      },
    );
    this.#log.info({ url: url.shown }, 'stream started');
  }

  /** As told over HTTP. */
  get info(): StreamInfo {
    return {
      id: this.id,
      room: this.#room,
      url: this.#url.shown,
      state: this.#state,
      error: this.#error,
      startedAt: this.#startedAt,
    };
  }

  /** Ends it. */
  stop(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#run.finish();
    this.#log.info('stream stopped');
  }

  #changed(state: RunningStreamState, error: string | null): void {
    if (this.#state === 'stopped') return;
    const sentence = error === null ? null : redacted(error, this.#url);
    if (state !== this.#state) this.#log.info({ state, error: sentence }, 'stream');
    this.#state = state;
    this.#error = state === 'active' ? null : (sentence ?? this.#error);
  }
}

function sentenceOf(outcome: Outcome): string {
  switch (outcome.type) {
    case 'failed':
      return outcome.message;
    case 'died':
      return 'The process that sends ended unexpectedly.';
    case 'finished':
      return 'The stream ended.';
    default:
      return outcome satisfies never;
  }
}
