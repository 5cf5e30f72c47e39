import { mkdir, open, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { prepareDataDir } from '../gateway/data-dir.ts';
import { within } from '../gateway/within.ts';
import { type Finding, missing, ok, reasonOf, warning } from './finding.ts';

/** What is written to measure the disk, in pieces, until that takes too long. */
const pieceBytes = 1024 * 1024;
const pieces = 8;
const longestMs = 2000;
/** A disk that does not answer for so long hangs. */
const patienceMs = 6000;

/** A recording of 1280x720 at 1.5 Mbit/s, with its sound. */
const bytesPerHour = 0.7e9;
/** Some recordings at once, with room for what else happens on the disk. */
const slowBytesPerSecond = 5e6;

/** The folder for recordings and HLS: whether it can be written, how fast, and how much room there is. */
export async function checkDisk(settings: Settings): Promise<Finding[]> {
  const found = await within(patienceMs, look(settings));
  return (
    found ?? [
      missing(
        'data folder',
        'the disk does not answer',
        'Look after that disk, or set ONEGRID_DATA_DIR.',
      ),
    ]
  );
}

async function look({ dataDir, minFreeBytes }: Settings): Promise<Finding[]> {
  const folder = resolve(dataDir);
  let made: string | undefined;
  try {
    // The same trial as at a start; what was not there is taken away again.
    made = await mkdir(folder, { recursive: true }).catch(() => undefined);
    await prepareDataDir(dataDir);
    const writable = ok('data folder', `${folder} can be written`);
    return [writable, await room(folder, minFreeBytes), await speed(folder)];
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return [
      missing(
        'data folder',
        `${folder} cannot be written (${reasonOf(reason)})`,
        'Let this user write there, or set ONEGRID_DATA_DIR to another folder.',
      ),
    ];
  } finally {
    if (made !== undefined) await removeEmpty(folder, made);
  }
}

/** Removes folders from the innermost outwards, as long as nothing is in them. */
async function removeEmpty(innermost: string, outermost: string): Promise<void> {
  for (let folder = innermost; folder.length >= outermost.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function room(folder: string, minFreeBytes: number): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const hours = Math.max(0, free - minFreeBytes) / bytesPerHour;
  const shown = `${gigabytes(free)} free`;
  if (free < minFreeBytes) {
    return missing(
      'disk space',
      shown,
      `No recording starts below ONEGRID_MIN_FREE_BYTES (${gigabytes(minFreeBytes)}): make room, or lower that.`,
    );
  }
  const found = `${shown}: ${hours < 10 ? hours.toFixed(1) : hours.toFixed(0)} hours of recording`;
  if (hours >= 1) return ok('disk space', found);
  return warning('disk space', found, 'Make room, or recordings will end early.');
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;

async function speed(folder: string): Promise<Finding> {
  const path = join(folder, `.doctor-${String(process.pid)}`);
  const piece = Buffer.alloc(pieceBytes, 'onegrid');
  const start = performance.now();
  let written = 0;
  try {
    const file = await open(path, 'w');
    try {
      for (let count = 0; count < pieces && performance.now() - start < longestMs; count += 1) {
        written += (await file.write(piece)).bytesWritten;
        await file.sync();
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    const advice = 'Look after that disk, or set ONEGRID_DATA_DIR to another one.';
    return missing('disk speed', `writing failed (${reasonOf(error)})`, advice);
  } finally {
    await rm(path, { force: true });
  }
  const bytesPerSecond = (written * 1000) / (performance.now() - start);
  const found = `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`;
  if (bytesPerSecond >= slowBytesPerSecond) return ok('disk speed', found);
  return warning(
    'disk speed',
    found,
    'That is enough for a few recordings at a time, 0.2 MB/s each; a local disk takes more.',
  );
}
