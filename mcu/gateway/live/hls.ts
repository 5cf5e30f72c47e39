import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../log.ts';
import { KeptRun } from '../outputs/kept-run.ts';
import type { OutputLauncher } from '../outputs/launcher.ts';
import type { FeedPort } from '../outputs/output-run.ts';

/** As long as the room has its scheduled keyframes apart. */
const segmentSeconds = 2;
/** Who watches has so long to see the end. */
const removeAfterMs = 60_000;

/** The HLS of one room. */
export interface RoomHls {
  /** Ends the playlist; its files stay for a minute. */
  finish(): void;
}

/** The HLS of all rooms: who makes it, and where it is. */
export class HlsHouse {
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #launcher: OutputLauncher;
  readonly #folder: string;
  readonly #running = new Set<string>();
  readonly #removals = new Map<string, NodeJS.Timeout>();
  /** Of one room, one thing is done to its files after another. */
  readonly #work = new Map<string, Promise<void>>();

  constructor(settings: Settings, log: Logger, launcher: OutputLauncher) {
    this.#settings = settings;
    this.#log = log;
    this.#launcher = launcher;
    this.#folder = resolve(settings.dataDir, 'hls');
    this.#clean().catch((error: unknown) => {
      log.warn({ err: error }, 'HLS files of before not removed');
    });
  }

  /** How many rooms have it. */
  get activeCount(): number {
    return this.#running.size;
  }

  /** The folder with a room's files; null where there are none. */
  folderOf(room: string): string | null {
    const name = room.toLowerCase();
    return this.#running.has(name) || this.#removals.has(name) ? join(this.#folder, name) : null;
  }

  /**
   * Switches it on.
   * @param room - its name in lower case
   * @param feeds - of that room
   */
  start(room: string, feeds: FeedPort): RoomHls {
    clearTimeout(this.#removals.get(room));
    this.#removals.delete(room);
    this.#running.add(room);
    const directory = join(this.#folder, room);
    let finished = false;
    let run: KeptRun | undefined;
    const open = (): KeptRun =>
      new KeptRun(
        (ended) =>
          this.#launcher.run(
            {
              kind: 'hls',
              directory,
              segmentSeconds,
              windowSeconds: this.#settings.hlsWindowSeconds,
            },
            feeds,
            { about: { room }, ended },
          ),
        (outcome) => {
          this.#log.error({ room, outcome }, 'output process of HLS failed');
        },
      );
    void this.#inTurn(room, async () => {
      await this.#remove(room);
      await mkdir(directory, { recursive: true });
      if (!finished) run = open();
    });
    this.#log.info({ room }, 'HLS switched on');
    return {
      finish: () => {
        if (finished) return;
        finished = true;
        this.#running.delete(room);
        run?.finish();
        // So that one that is switched on again waits for the process.
        void this.#inTurn(room, () => run?.done ?? Promise.resolve());
        const timer = setTimeout(() => {
          this.#removals.delete(room);
          void this.#inTurn(room, () => this.#remove(room));
        }, removeAfterMs);
        this.#removals.set(room, timer);
        this.#log.info({ room }, 'HLS switched off');
      },
    };
  }

  /** Removes all files. */
  async close(): Promise<void> {
    for (const timer of this.#removals.values()) clearTimeout(timer);
    this.#removals.clear();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  #inTurn(room: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#work.get(room) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      this.#log.error({ room, err: error }, 'HLS files');
    });
    this.#work.set(room, done);
    return done.finally(() => {
      if (this.#work.get(room) === done) this.#work.delete(room);
    });
  }

  /** Removes what a server before has left. */
  async #clean(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const name of await readdir(this.#folder)) {
      if (!this.#running.has(name)) await this.#inTurn(name, () => this.#remove(name));
    }
  }

  async #remove(room: string): Promise<void> {
    await rm(join(this.#folder, room), { recursive: true, force: true, maxRetries: 3 });
  }
}
