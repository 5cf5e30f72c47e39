import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../log.ts';
import type { OutputLauncher } from '../outputs/launcher.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../outputs/process-identity.ts';
import { writeRecording } from './files.ts';
import type { Recording } from './recording.ts';
import { writeFinal } from './saver.ts';

/** So long an output process has to end its file by itself when its gateway is gone. */
const patienceMs = 15_000;
const lookMs = 250;

/**
 * Makes what plays of a recording whose gateway died.
 * @param folder - its folder
 * @param recording - as it was written last; null: not at all
 * @returns the recording as it is from now on: `interrupted`, or `failed` where nothing plays; null: the server ends before
 *   it was done
 */
export async function repair(
  folder: string,
  recording: Recording | null,
  context: { launcher: OutputLauncher; log: Logger; canvas: { width: number; height: number } },
): Promise<Recording | null> {
  const { launcher, log } = context;
  const lastMs = await lastMoment(folder);
  const left = recording ?? unknownRecording(folder, lastMs, context.canvas);
  const startedMs = Date.parse(left.startedAt);
  const known: Recording = {
    ...left,
    state: 'finishing',
    // Known already where a server died while it repaired.
    endedAt: left.endedAt ?? new Date(Math.max(lastMs, startedMs)).toISOString(),
  };
  const output = known.processes?.output;
  if (output != null) await outlive(output);
  const gateway = identityOf(process.pid);
  const claim = (pid: number): void => {
    if (gateway === null) return;
    // Another server would not touch it, and the next one knows whom to wait for.
    const processes = { gateway, output: identityOf(pid) };
    writeRecording(folder, { ...known, processes }).catch((error: unknown) => {
      log.error({ err: error, recording: known.id }, 'recording.json could not be written');
    });
  };
  const about = { room: known.room, recording: known.id };
  let outcome = await launcher.assemble(folder, about, claim);
  if (outcome.type === 'died') outcome = await launcher.assemble(folder, about, claim);
  if (launcher.isClosing) return null;
  const media = outcome.type === 'finished' ? outcome : null;
  const repaired: Recording = {
    ...known,
    state: media !== null ? 'interrupted' : 'failed',
    processes: null,
    durationSeconds: media?.durationSeconds ?? known.durationSeconds,
    bytes: media?.bytes ?? known.bytes,
  };
  const written = await writeFinal(folder, repaired, log);
  log.warn({ ...about, state: repaired.state }, 'recording repaired');
  return written;
}

/** Waits until a process has ended its file; kills it where that takes too long. */
async function outlive(output: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (isRunning(output)) {
    // Where the system does not tell when a process was started, it may be another one.
    if (performance.now() > deadline) {
      if (output.started !== null) kill(output.pid);
      return;
    }
    await sleep(lookMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}

/** When something was written last; milliseconds of Unix time. */
async function lastMoment(folder: string): Promise<number> {
  const names = await readdir(folder);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(0, ...times);
}

function unknownRecording(
  folder: string,
  lastMs: number,
  { width, height }: { width: number; height: number },
): Recording {
  return {
    id: basename(folder),
    room: 'unknown',
    state: 'finishing',
    reason: null,
    startedAt: new Date(lastMs).toISOString(),
    endedAt: null,
    durationSeconds: 0,
    bytes: 0,
    width,
    height,
    tracks: false,
    participants: [],
    events: [],
    chat: [],
    processes: null,
  };
}
