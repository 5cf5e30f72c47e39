import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTree } from '../../bench/lab/process-cpu.ts';
import { median, slopeOf } from '../../bench/lab/statistics.ts';
import { launchChromium, Person } from '../../harness/chromium.ts';
import { beepHz } from '../../harness/clips.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { decode, onsets, probe } from '../../harness/judge.ts';
import { mediaOf, record, stop } from '../../harness/recordings.ts';
import { TestServer } from '../../harness/server.ts';
import { sleep } from '../../harness/until.ts';
import { liveMemoryOf, programOf } from '../live-memory.ts';

const room = 'hour';
/** How much more memory a minute all processes together may take. */
const mostGrowthMebibytes = 1;
const mostDriftMs = 40;
/** How often it is looked what is held. */
const looks = 12;

/**
 * T5: an hour of two people, recorded: memory stays flat, and sound and picture are as far apart at the end as at the
 * beginning.
 * @returns what is wrong
 */
export async function hourSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const minutes = quick ? 1 : 60;
  const data = mkdtempSync(join(tmpdir(), 'onegrid-hour-'));
  const server = await TestServer.start({
    ONEGRID_DATA_DIR: data,
    ONEGRID_MIN_FREE_BYTES: '0',
    ONEGRID_LOG_LEVEL: 'info',
  });
  const browser = await launchChromium({ polite: false });
  try {
    const flashing = { colour: 'rgb(40, 60, 210)', tone: beepHz, flashes: true, fps: 25 };
    const alice = await Person.join(browser, server.url, room, 'Alice', flashing);
    const { id } = await record(server, room);
    const resident = new Map<string, [minute: number, mebibytes: number][]>();
    const started = performance.now();
    for (let look = 1; look <= looks; look += 1) {
      await sleep(Math.max(0, (look / looks) * minutes * 60_000 - (performance.now() - started)));
      const minute = (performance.now() - started) / 60_000;
      let sum = 0;
      for (const pid of processTree(server.pid)) {
        const mebibytes = await liveMemoryOf(pid);
        sum += mebibytes;
        const name = `${programOf(pid)} ${String(pid)}`;
        resident.set(name, [...(resident.get(name) ?? []), [minute, mebibytes]]);
      }
      resident.set('all', [...(resident.get('all') ?? []), [minute, sum]]);
    }
    const { x, y, width, height } = alice.tileOf(alice.id)!;
    const recording = await stop(server, id);
    const file = mediaOf(data, id);
    const { durationSeconds } = await probe(file);
    const tile = { x: x + (width >> 2), y: y + (height >> 2), width: width >> 1, height: 40 };
    const memory = Array.from(resident, ([name, samples]) => {
      const settled = samples.slice(samples.length / 5);
      const [atFirst, atLast] = [settled[0], settled.at(-1)].map((sample) => sample?.[1] ?? 0);
      return { name, atFirst, atLast, growth: slopeOf(settled) };
    });
    const growth = memory.find(({ name }) => name === 'all')?.growth ?? 0;
    console.log('memory of each process, MiB and MiB a minute');
    console.table(
      Object.fromEntries(
        memory.map(({ name, ...rest }) => [
          name,
          Object.fromEntries(
            Object.entries(rest).map(([key, value]) => [key, Number((value ?? 0).toFixed(2))]),
          ),
        ]),
      ),
    );
    const length = Math.min(120, (durationSeconds ?? 0) / 3);
    const apart = async (from: number): Promise<number> => {
      const piece = join(data, 'piece.mkv');
      await printed('ffmpeg', [
        ...['-v', 'error', '-ss', String(from), '-i', file, '-t', String(length)],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_s16le', piece],
      ]);
      return 1000 * median((await onsets(piece, tile)).offsets);
    };
    const first = await apart(5);
    const last = await apart((durationSeconds ?? 0) - length);
    const { errors } = await decode(file);
    console.table({
      'recorded, minutes': (durationSeconds ?? 0) / 60,
      'sound behind picture at first, ms': Math.round(first),
      'sound behind picture at last, ms': Math.round(last),
    });
    return [
      ...(recording.state === 'complete' ? [] : [`The recording is ${recording.state}.`]),
      ...(growth < mostGrowthMebibytes || quick
        ? []
        : [`Memory grows by ${growth.toFixed(2)} MiB a minute.`]),
      ...(Math.abs(last - first) < mostDriftMs
        ? []
        : [`Sound and picture drift by ${(last - first).toFixed(0)} ms.`]),
      ...errors.slice(0, 1),
    ];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(data, { recursive: true });
  }
}
