import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Recording, recordingSchema } from './recording.ts';

const fileName = 'recording.json';
let writes = 0;

/** All writing of the gateway is one after another: a disk that hangs takes one of libuv's threads, not all. */
let queue: Promise<unknown> = Promise.resolve();

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = queue.then(work);
  queue = result.catch(() => undefined);
  return result;
}

/** Makes the folder of a recording. */
export const makeFolder = (folder: string): Promise<unknown> =>
  inTurn(() => mkdir(folder, { recursive: true }));

/** Writes a file of a recording whole or not at all. */
export const writeWhole = (folder: string, name: string, text: string): Promise<void> =>
  inTurn(async () => {
    writes += 1;
    const temporary = join(folder, `.${name}.${String(process.pid)}.${String(writes)}`);
    try {
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(text);
        // Or a power cut may leave an empty file under the name.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(folder, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });

/** Writes `recording.json`. */
export const writeRecording = (folder: string, recording: Recording): Promise<void> =>
  writeWhole(folder, fileName, `${JSON.stringify(recording)}\n`);

/** Reads `recording.json`; null where there is none that can be understood. */
export async function readRecording(folder: string): Promise<Recording | null> {
  try {
    const text = await readFile(join(folder, fileName), 'utf8');
    return recordingSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
