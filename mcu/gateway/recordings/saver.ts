import { readdir, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
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
  #reserving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again = false;
  #ended = false;
  #restMs = restMs;

  /**
   * @param folder - of the recording
   * @param recording - as it is now
   */
  constructor(folder: string, recording: () => Recording, log: Logger) {
    this.#folder = folder;
    this.#recording = recording;
    this.#log = log;
  }

  /** Writes it for the first time. */
  begin(): void {
    this.changed(true);
    const text = ' '.repeat(reserveBytes);
    this.#reserving = writeWhole(this.#folder, reserveName, text).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'no room kept for the end of a recording');
    });
  }

  /** Something has changed; `urgent`: it is written at once. */
  changed(urgent: boolean): void {
    if (this.#ended) return;
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

  /** Writes it for the last time, and the chat. @returns what is written */
  async end(): Promise<Recording> {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    await this.#writing;
    await this.#reserving;
    return writeFinal(this.#folder, this.#recording(), this.#log);
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

/**
 * Writes `chat.vtt` and `recording.json` of a final recording, into the room kept for them; what fails is logged.
 * @returns the recording, with the names of the tracks that there are
 */
export async function writeFinal(
  folder: string,
  ended: Recording,
  log: Logger,
): Promise<Recording> {
  await rm(join(folder, reserveName), { force: true }).catch(() => undefined);
  const recording = await withTracks(folder, ended);
  try {
    if (recording.chat.length > 0) {
      await writeWhole(folder, 'chat.vtt', chatToVtt(recording.chat));
    }
    await writeRecording(folder, recording);
  } catch (error) {
    log.error({ err: error, recording: recording.id }, 'the end of a recording was not written');
  }
  return recording;
}

async function withTracks(folder: string, recording: Recording): Promise<Recording> {
  const names = await readdir(join(folder, 'tracks')).catch(() => []);
  const trackOf = new Map(names.map((name) => [parse(name).name, `tracks/${name}`]));
  const participants = recording.participants.map((participant) => {
    const track = trackOf.get(participant.id);
    return track === undefined ? participant : { ...participant, track };
  });
  return { ...recording, participants };
}

/** About. */
const estimatedBytes = ({ events, chat, participants }: Recording): number =>
  100 * (events.length + participants.length) + 300 * chat.length;
