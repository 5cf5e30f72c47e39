import { encodeJpeg } from '../../mixer/output/jpeg.ts';
import type { Logger } from '../log.ts';
import type { RoomCommand, RoomEvent } from '../protocol/ipc.ts';
import type { AudioOutput } from './audio-output.ts';
import { OutputFeed } from './output-feed.ts';
import type { VideoOutput } from './video-output.ts';

/** Commands about what is kept of a room or passed on. */
export type RecordedCommand = Extract<RoomCommand, { type: 'feed' | 'unfeed' | 'snapshot' }>;

/** What {@link Recorded} needs. */
export interface RecordedOptions {
  readonly video: Pick<VideoOutput, 'record' | 'snapshot'>;
  readonly audio: Pick<AudioOutput, 'record'>;
  /** A participant's display name. */
  readonly nameOf: (id: string) => string;
  /** See {@link OutputFeed}. */
  readonly queueBytes: number;
  readonly log: Logger;
  /** Something was left out for an output process that does not read. */
  readonly dropped: (kind: 'video' | 'audio') => void;
  /** To the gateway. */
  readonly send: (event: RoomEvent) => void;
}

/** The feeds of a room's output processes, and its snapshots. */
export class Recorded {
  readonly #options: RecordedOptions;
  readonly #feeds = new Map<string, OutputFeed>();

  constructor(options: RecordedOptions) {
    this.#options = options;
  }

  /** What waits for output processes, bytes. */
  get waitingBytes(): number {
    return [...this.#feeds.values()].reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }

  /** Does what the gateway says. */
  handle(command: RecordedCommand): void {
    switch (command.type) {
      case 'feed': {
        const { feedId, socket, tracks } = command;
        this.#feeds.get(feedId)?.close();
        this.#feeds.set(feedId, new OutputFeed({ ...this.#options, socket, tracks }));
        return;
      }
      case 'unfeed':
        this.#feeds.get(command.feedId)?.close();
        this.#feeds.delete(command.feedId);
        return;
      case 'snapshot':
        void this.#snapshot(command.requestId);
        return;
      default:
        command satisfies never;
    }
  }

  async #snapshot(requestId: number): Promise<void> {
    const { video, log, send } = this.#options;
    let jpeg: string | null = null;
    try {
      const picture = await video.snapshot();
      if (picture !== null) {
        try {
          jpeg = (await encodeJpeg(picture)).toString('base64');
        } finally {
          picture.free();
        }
      }
    } catch (error) {
      log.error({ err: error }, 'snapshot failed');
    }
    send({ type: 'snapshot', requestId, jpeg });
  }
}
