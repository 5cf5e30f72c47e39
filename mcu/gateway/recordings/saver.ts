import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../log.ts';
import { writeRecording, writeWhole } from './files.ts';
import type { Recording } from './recording.ts';
import { chatToVtt } from './vtt.ts';

/** Least time between two writings that nothing urgent asks for. */
const restMs = 1000;
/** So many bytes are written at leisure in that time: a long recording's file is written less often. */
const bytesPerRest = 64 * 1024;
/** Kept free for the last writing: a disk that is full by then must not lose how it ended. */
const reserveName = '.reserve';
const reserveBytes = 256 * 1024;

/** Keeps `recording.json` up to date while a recording runs: one writing at a time. */
export class Saver {
  readonly #folder: string;
  readonly #recording: () => Recording;
  readonly #log: Logger;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again = false;
  #restMs = restMs;

  /**
   * @param folder - of the recording
   * @param recording - as it is now
   */
  constructor(folder: string, recording: () => Recording, log: Logger) {
    this.#folder = folder;
    this.#recording = recording;
    this.#log = log;
    writeWhole(folder, reserveName, ' '.repeat(reserveBytes)).catch((error: unknown) => {
      log.warn({ err: error }, 'no room kept for the end of a recording');
    });
  }

  /** Something has changed; `urgent`: it is written at once. */
  changed(urgent: boolean): void {
    if (urgent) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      if (this.#writing === undefined) this.#write();
      else this.#again = true;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#writing === undefined) this.#write();
    }, this.#restMs);
  }

  /** Writes it for the last time, and the chat. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    await this.#writing;
    await rm(join(this.#folder, reserveName), { force: true }).catch(() => undefined);
    await writeFinal(this.#folder, this.#recording(), this.#log);
  }

  #write(): void {
    this.#again = false;
    const recording = this.#recording();
    this.#restMs = Math.max(restMs, (estimatedBytes(recording) / bytesPerRest) * restMs);
    this.#writing = writeRecording(this.#folder, recording)
      .catch((error: unknown) => {
        this.#log.error({ err: error }, 'recording.json could not be written');
      })
      .finally(() => {
        this.#writing = undefined;
        if (this.#again) this.#write();
      });
  }
}

/** Writes `chat.vtt` and `recording.json` of a final recording; what fails is logged. */
export async function writeFinal(folder: string, recording: Recording, log: Logger): Promise<void> {
  try {
    if (recording.chat.length > 0) {
      await writeWhole(folder, 'chat.vtt', chatToVtt(recording.chat));
    }
    await writeRecording(folder, recording);
  } catch (error) {
    log.error({ err: error, recording: recording.id }, 'the end of a recording was not written');
  }
}

/** About. */
const estimatedBytes = ({ events, chat, participants }: Recording): number =>
  100 * (events.length + participants.length) + 300 * chat.length;
