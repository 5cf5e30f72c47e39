import { Crowd } from './crowd.ts';
import { printed } from './ffmpeg.ts';
import { decode, probe } from './judge.ts';
import { mediaOf, reach, record, type Recording, stop } from './recordings.ts';
import { TestServer } from './server.ts';
import { sleep, until } from './until.ts';

/** What may be killed while a room is recorded. */
export const victims = ['room', 'output', 'gateway', 'all'] as const;
/** One of {@link victims}. */
export type Victim = (typeof victims)[number];

/** What came of a recording in which something was killed. */
export interface KillRun {
  /** From its first picture, milliseconds. */
  readonly killedAfterMs: number;
  readonly state: Recording['state'];
  /** What is not in the file of the time that was recorded, in seconds. */
  readonly lostSeconds: number;
  /** The longest time that one picture stands, in seconds: what was not recorded in between. */
  readonly gapSeconds: number;
  /** What is wrong with it. */
  readonly errors: readonly string[];
}

const room = 'kills';
/** How long a recording goes on after a death that it survives. */
const afterMs = 5000;

/** Process ids that the log tells. */
const pidIn = async (server: TestServer, message: string, field: string): Promise<number> =>
  (await server.logged(message))[field] as number;

/**
 * Records a room of two, kills something with SIGKILL, and looks at what is left.
 * @param victim - what; `all`: the gateway, the room process and the output process at once
 * @param killAfterMs - from the first picture
 * @param data - the server's folder
 */
export async function killRun(victim: Victim, killAfterMs: number, data: string): Promise<KillRun> {
  const settings = { ONEGRID_DATA_DIR: data, ONEGRID_MIN_FREE_BYTES: '0' };
  let server = await TestServer.start({ ...settings, ONEGRID_LOG_LEVEL: 'info' });
  const crowd = new Crowd(server.url, { room, participants: 2, speakers: 1 });
  try {
    await bothThere(server);
    const { id } = await record(server, room);
    const startedMs = performance.now();
    await sleep(killAfterMs);
    const pids = {
      room: await pidIn(server, 'room process started', 'roomPid'),
      output: await pidIn(server, 'segment started', 'outputPid'),
      gateway: server.pid,
    };
    const killedMs = performance.now();
    for (const pid of victim === 'all' ? Object.values(pids) : [pids[victim]]) {
      process.kill(pid, 'SIGKILL');
    }
    const survives = victim === 'room' || victim === 'output';
    let recording: Recording;
    let recordedMs = killedMs - startedMs;
    if (survives) {
      await sleep(afterMs);
      recordedMs = performance.now() - startedMs;
      recording = await stop(server, id);
    } else {
      await server.stop('SIGKILL');
      await crowd.leave().catch(() => undefined);
      server = await TestServer.start(settings);
      recording = await reach(server, id, ['complete', 'interrupted', 'failed']);
    }
    return {
      killedAfterMs: killedMs - startedMs,
      state: recording.state,
      ...(await judge(recording, mediaOf(data, id), recordedMs, survives)),
    };
  } finally {
    await crowd.leave().catch(() => undefined);
    await server.stop();
  }
}

async function judge(
  { state, durationSeconds }: Recording,
  file: string,
  recordedMs: number,
  survives: boolean,
): Promise<Pick<KillRun, 'lostSeconds' | 'gapSeconds' | 'errors'>> {
  const errors: string[] = [];
  const expected = survives ? 'complete' : 'interrupted';
  if (state !== expected) errors.push(`it is ${state} and not ${expected}`);
  const probed = await probe(file).catch(() => null);
  if (probed === null) {
    const lostSeconds = recordedMs / 1000;
    return { lostSeconds, gapSeconds: lostSeconds, errors: ['it does not play'] };
  }
  const { errors: complaints } = await decode(file);
  if (complaints.length > 0) errors.push(`decoders complain: ${complaints[0]!}`);
  const seconds = probed.durationSeconds ?? 0;
  if (Math.abs(seconds - durationSeconds) > 0.1) {
    errors.push(`it is ${seconds} s long and said to be ${durationSeconds}`);
  }
  return { lostSeconds: recordedMs / 1000 - seconds, gapSeconds: await gapIn(file), errors };
}

/** The longest time from one picture of a file to the next, in seconds. */
async function gapIn(file: string): Promise<number> {
  const { stdout } = await printed('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time'],
    ...['-of', 'csv=p=0', file],
  ]);
  const times = stdout.toString().trim().split('\n').map(Number.parseFloat);
  return times.reduce((longest, time, at) => Math.max(longest, time - (times[at - 1] ?? time)), 0);
}

/** Waits until both are there and send. */
async function bothThere(server: TestServer): Promise<void> {
  await until(async () => (await server.metricSum('onegrid_participants')) === 2);
  await sleep(1500);
}
