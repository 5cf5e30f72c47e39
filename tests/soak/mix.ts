import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFfmpeg } from '../../mixer/ffmpeg/index.ts';
import { makeClip } from '../harness/clips.ts';
import { testFfmpeg } from '../harness/ffmpeg.ts';
import { decode, probe } from '../harness/judge.ts';

const inputs = 9;
const mostMebibytes = 400;
/** How much more memory the last quarter of the run may need than the second. */
const mostGrowth = 0.05;

/**
 * Ten minutes of nine inputs, mixed by the command line: its memory, looked at every second, stays small and does not
 * grow, and the file is whole.
 * @returns what is wrong
 */
export async function mixSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const seconds = quick ? 30 : 600;
  const folder = mkdtempSync(join(tmpdir(), 'onegrid-soak-'));
  try {
    const clips: string[] = [];
    for (let index = 0; index < inputs; index++) clips.push(await longClip(folder, index, seconds));
    const output = join(folder, 'out.mp4');
    const { resident, exitCode, wall, said } = await watched(
      process.execPath,
      ['bin/onegrid.mjs', 'mix', ...clips, '-o', output, '--quiet'],
      quick ? 100 : 1000,
    );
    if (exitCode !== 0) return [`The command ended with ${exitCode ?? 'a signal'}: ${said}`];

    const quarter = resident.length / 4;
    const second = median(resident.slice(quarter, 2 * quarter));
    const last = median(resident.slice(3 * quarter));
    const most = Math.max(...resident);
    const growth = last / second - 1;
    console.table({
      'output, seconds': seconds,
      'wall time, seconds': Math.round(wall),
      'resident memory, samples': resident.length,
      'most, MiB': Math.round(most),
      'second quarter, median, MiB': Math.round(second),
      'last quarter, median, MiB': Math.round(last),
      'growth, %': Math.round(growth * 1000) / 10,
    });

    const wrong: string[] = [];
    if (most >= mostMebibytes) {
      wrong.push(`It took ${most.toFixed(0)} MiB; it is to stay below ${mostMebibytes}.`);
    }
    if (!(growth < mostGrowth)) {
      wrong.push(`It grew by ${(growth * 100).toFixed(1)} % from the second quarter to the last.`);
    }
    const made = (await probe(output)).durationSeconds ?? 0;
    const longest = Math.max(...(await Promise.all(clips.map(lengthOf))));
    if (Math.abs(made - longest) > 0.1) {
      wrong.push(`The output is ${made} s long, and the longest input ${longest} s.`);
    }
    const { errors } = await decode(output);
    if (errors.length > 0) wrong.push(`The output does not decode: ${errors[0] ?? ''}`);
    return wrong;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A clip of its own kind, made long by repeating it. */
async function longClip(folder: string, index: number, seconds: number): Promise<string> {
  const short = await makeClip(folder, {
    seconds: 10,
    video: {
      ...{ picture: index % 2 === 0 ? 'testsrc2' : 'life', size: [640, 360], seed: index },
      options: ['-preset', 'veryfast', '-b:v', '400k'],
    },
    audio: { tone: 200 + 150 * index },
  });
  const long = join(folder, `long-${index}.mp4`);
  await runFfmpeg(await testFfmpeg(), (command) => {
    command.input(short).inputOptions('-stream_loop', '-1');
    command.outputOptions('-c', 'copy', '-t', String(seconds)).output(long);
  });
  return long;
}

const lengthOf = async (file: string): Promise<number> => (await probe(file)).durationSeconds ?? 0;

/** Runs a program, and looks at its resident memory (MiB) again and again. */
async function watched(program: string, args: readonly string[], everyMs: number) {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const resident: number[] = [];
  const timer = setInterval(() => {
    const mebibytes = residentMebibytes(child.pid);
    if (mebibytes !== null) resident.push(mebibytes);
  }, everyMs);
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { resident, exitCode, said, wall: (performance.now() - started) / 1000 };
  } finally {
    clearInterval(timer);
  }
}

/** proc(5): VmRSS in status. Null when the process has ended. */
function residentMebibytes(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
