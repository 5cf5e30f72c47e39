import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../log.ts';
import { OnegridError } from '../../protocol/errors.ts';
import type { OutputLauncher } from '../outputs/launcher.ts';
import { isRunning } from '../outputs/process-identity.ts';
import { within } from '../within.ts';
import { Disk } from './disk.ts';
import { makeFolder, readRecording } from './files.ts';
import { isRecordingId, makeRecordingId } from './ids.ts';
import { type RecordedRoom, Recorder } from './recorder.ts';
import { isFinal, type Recording, type RecordingSummary, summaryOf } from './recording.ts';
import { repair } from './repair.ts';
import { expired } from './retention.ts';
import { Saver } from './saver.ts';

/** A file of a recording: its name below a folder. */
export interface RecordingFile {
  readonly root: string;
  readonly name: string;
}

interface StoreContext {
  readonly settings: Settings;
  readonly log: Logger;
  readonly launcher: OutputLauncher;
  /** Of each recording that has become final. */
  readonly onFinal: (recording: RecordingSummary) => void;
}

const retentionMs = 10 * 60_000;
const deletedPrefix = '.deleted-';

const notFound = (): OnegridError =>
  new OnegridError('not-found', 'There is no such recording, or no such file of it.');

/** All recordings of this server: those that run, and those on its disk. */
export class RecordingStore {
  readonly #context: StoreContext;
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #running = new Map<string, Recorder>();
  readonly #kept = new Map<string, RecordingSummary>();
  /** Left by a gateway that died; null: `recording.json` says nothing. */
  readonly #broken = new Map<string, Recording | null>();
  readonly #timer: NodeJS.Timeout;
  #closing = false;

  /** Resolves when it is known what is on the disk; what is broken is repaired after that. */
  readonly ready: Promise<void>;

  /** Reads what is there, and repairs it. */
  constructor(context: StoreContext) {
    this.#folder = resolve(context.settings.dataDir, 'recordings');
    this.#context = context;
    this.#disk = new Disk(this.#folder, context.settings.minFreeBytes);
    this.#timer = setInterval(() => {
      void this.#retain();
    }, retentionMs);
    this.ready = this.#load().catch((error: unknown) => {
      context.log.error({ err: error }, 'recordings not read');
    });
    void this.ready.then(() => this.#repairAll());
  }

  /** How many run. */
  get activeCount(): number {
    return this.#running.size;
  }

  /** How long nothing was added to the one that waits longest for more, in seconds; 0 where none does. */
  get lagSeconds(): number {
    return Math.max(0, ...Array.from(this.#running.values(), ({ lagMs }) => lagMs / 1000));
  }

  /** Free on the disk of the recordings; null where that does not answer. */
  freeBytes(): Promise<number | null> {
    return this.#disk.freeBytes();
  }

  /**
   * Starts recording a room.
   * @throws OnegridError `no-space`; `overloaded` when the server is about to stop
   */
  async start(room: RecordedRoom, tracks: boolean): Promise<Recorder> {
    const { settings, log, launcher } = this.#context;
    if (await this.#disk.isFull()) {
      throw new OnegridError('no-space', 'There is too little room on the disk.');
    }
    const id = makeRecordingId(new Date());
    const folder = join(this.#folder, id);
    try {
      await makeFolder(folder);
    } catch (cause) {
      throw new OnegridError('no-space', 'The recording cannot be written.', { cause });
    }
    if (this.#closing) throw new OnegridError('overloaded', 'This server is about to stop.');
    const whole = (): Recording => recorder.whole;
    const saver = new Saver(folder, whole, log);
    const recorder = new Recorder(id, room, tracks, {
      settings,
      log,
      launcher,
      disk: this.#disk,
      now: () => performance.now(),
      folder,
      changed: (urgent) => {
        saver.changed(urgent);
      },
      ended: async () => {
        const written = await saver.end();
        this.#running.delete(id);
        this.#final(summaryOf(written));
      },
    });
    this.#running.set(id, recorder);
    saver.begin();
    return recorder;
  }

  /** The recordings, newest first. */
  list({
    room,
    limit,
  }: { room?: string | undefined; limit?: number | undefined } = {}): RecordingSummary[] {
    const running = Array.from(this.#running.values(), ({ summary }) => summary);
    return [...running, ...this.#kept.values()]
      .filter((recording) => room === undefined || recording.room === room.toLowerCase())
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  /** @throws OnegridError `not-found` */
  get(id: string): RecordingSummary {
    const recording = this.#running.get(id)?.summary ?? this.#kept.get(id);
    if (recording === undefined) throw notFound();
    return recording;
  }

  /**
   * Stops a recording, if it runs.
   * @throws OnegridError `not-found`
   */
  stop(id: string): RecordingSummary {
    this.#running.get(id)?.end('stopped');
    return this.get(id);
  }

  /**
   * A file of a finished recording.
   * @param id - of the recording
   * @param path - below its folder, step by step
   * @throws OnegridError `not-found`; `conflict` while the recording is not finished
   */
  async file(id: string, ...path: string[]): Promise<RecordingFile> {
    const folder = this.#finished(id);
    let root = folder;
    for (const name of path.slice(0, -1)) {
      root = join(root, name);
      if (!(await lstat(root).catch(notThere))?.isDirectory()) throw notFound();
    }
    const name = path.at(-1) ?? '';
    // Links are not followed: they may lead anywhere.
    if (!(await lstat(join(root, name)).catch(notThere))?.isFile()) throw notFound();
    return { root, name };
  }

  /**
   * The sound of one participant.
   * @throws OnegridError as {@link file}
   */
  async track(id: string, participantId: string): Promise<RecordingFile> {
    const names = await readdir(join(this.#finished(id), 'tracks')).catch(() => []);
    const name = names.find((candidate) => parse(candidate).name === participantId);
    if (name === undefined) throw notFound();
    return this.file(id, 'tracks', name);
  }

  /**
   * Deletes a recording; who downloads it at the time gets it whole.
   * @throws OnegridError `not-found`; `conflict` while it is not finished
   */
  async delete(id: string): Promise<void> {
    const folder = this.#finished(id);
    this.#kept.delete(id);
    const doomed = join(this.#folder, `${deletedPrefix}${id}`);
    await rename(folder, doomed).catch((error: unknown) => {
      // Somebody else has deleted it.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    await rm(doomed, { recursive: true, force: true, maxRetries: 5 });
    this.#context.log.info({ recording: id }, 'recording deleted');
  }

  /** Ends all that run, and waits for it, so long at most; none is started any more. */
  async close(patienceMs: number): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const recorder of this.#running.values()) recorder.end('stopped');
    const ends = Array.from(this.#running.values(), ({ done }) => done);
    await within(patienceMs, Promise.all(ends));
  }

  #final(recording: RecordingSummary): void {
    this.#kept.set(recording.id, recording);
    this.#context.onFinal(recording);
    void this.#retain();
  }

  /** The folder of a recording that is finished. @throws OnegridError */
  #finished(id: string): string {
    if (!isFinal(this.get(id))) {
      throw new OnegridError('conflict', 'This recording is not finished yet.');
    }
    return join(this.#folder, id);
  }

  async #load(): Promise<void> {
    await makeFolder(this.#folder);
    for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
      const folder = join(this.#folder, entry.name);
      if (entry.name.startsWith(deletedPrefix)) {
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      } else if (entry.isDirectory() && isRecordingId(entry.name)) {
        await this.#loadOne(entry.name, folder);
      }
    }
  }

  async #loadOne(id: string, folder: string): Promise<void> {
    const recording = await readRecording(folder);
    const known = recording?.id === id ? recording : null;
    if (known !== null && isFinal(known)) {
      this.#kept.set(id, summaryOf(known));
      return;
    }
    // A start that went wrong before anything was written.
    if (known === null && !(await readdir(folder)).some((name) => /^(segment|media)/.test(name))) {
      return;
    }
    const gateway = known?.processes?.gateway;
    if (gateway !== undefined && gateway.pid !== process.pid && isRunning(gateway)) {
      this.#context.log.warn({ recording: id }, 'another server with this data directory records');
      return;
    }
    this.#broken.set(id, known);
    if (known !== null) this.#kept.set(id, { ...summaryOf(known), state: 'finishing' });
  }

  /** Repairs what a gateway that died has left, one after the other. */
  async #repairAll(): Promise<void> {
    const { launcher, log, settings } = this.#context;
    for (const [id, recording] of [...this.#broken]) {
      if (this.#closing) return;
      try {
        const context = { launcher, log, canvas: settings.canvas };
        const repaired = await repair(join(this.#folder, id), recording, context);
        if (repaired !== null) this.#final(summaryOf(repaired));
      } catch (error) {
        log.error({ err: error, recording: id }, 'recording not repaired');
      }
      this.#broken.delete(id);
    }
    await this.#retain();
  }

  async #retain(): Promise<void> {
    const { settings, log } = this.#context;
    const limits = {
      maxAgeMs: settings.recordingsMaxAgeMs,
      maxBytes: settings.recordingsMaxBytes,
    };
    const kept = [...this.#kept.values()]
      .filter(isFinal)
      .map(({ id, endedAt, startedAt, bytes }) => ({
        id,
        endedAt: endedAt ?? startedAt,
        bytes,
      }));
    for (const id of expired(kept, Date.now(), limits)) {
      // Another round was faster.
      if (!this.#kept.has(id)) continue;
      log.info({ recording: id }, 'recording is too old, or there are too many');
      await this.delete(id).catch((error: unknown) => {
        log.error({ err: error, recording: id }, 'recording not deleted');
      });
    }
  }
}

const notThere = (): null => null;
