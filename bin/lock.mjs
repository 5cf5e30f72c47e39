import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The holder touches its lock this often; milliseconds. */
const heartbeat = 1_000;
/** A lock that nobody touched for so long belongs to a process that was killed; milliseconds. */
const abandonedAfter = 8_000;

/**
 * Runs `work` while this process alone holds the lock file `path`. A heartbeat and not a process id says
 * whether the holder lives: ids are reused, and mean nothing from within another container.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  const token = randomUUID();
  mkdirSync(dirname(path), { recursive: true });
  while (!acquire(path, token)) await sleep(100);

  const release = () => {
    if (holder(path) === token) rmSync(path, { force: true });
  };
  const timer = setInterval(() => touch(path), heartbeat);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.off('exit', release);
    release();
  }
}

/** @param {string} path @param {string} token */
function acquire(path, token) {
  try {
    writeFileSync(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (age(path) > abandonedAfter) rmSync(path, { force: true });
  return false;
}

/** Milliseconds since the holder last touched the lock; 0 when it is gone. @param {string} path */
function age(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Taken over while this process was suspended; the newer holder's build is as good as ours.
  }
}

/** @param {string} path */
function holder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
