import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeClip } from '../../harness/clips.ts';
import { until } from '../../harness/until.ts';
import { mixWithin, type Outcome, runMix, scratchFolder, startMix } from './run-mix.ts';

const folder = scratchFolder('failures');
afterAll(() => folder[Symbol.dispose]());

let good: string;
/** Holds the output only: an earlier one, which a failure must leave alone. */
let outputs: string;
let output: string;
const earlier = 'what was there before';

beforeAll(async () => {
  good = await makeClip(folder.path, {
    seconds: 2,
    container: 'mp4',
    video: { picture: 'testsrc2' },
    audio: { tone: 440 },
  });
  const half = join(folder.path, 'half.mp4');
  copyFileSync(good, half);
  truncateSync(half, Math.floor(statSync(good).size / 2));
  writeFileSync(join(folder.path, 'text.mp4'), 'Dear all,\nthis is a letter.\n'.repeat(100));
  writeFileSync(join(folder.path, 'empty.webm'), '');
  mkdirSync(join(folder.path, 'folder.mp4'));
  outputs = join(folder.path, 'outputs');
  output = join(outputs, 'out.mp4');
});

beforeEach(() => {
  mkdirSync(outputs, { recursive: true });
  writeFileSync(output, earlier);
});

/** One line on stderr that has the culprit in it, the exit code, and the earlier output as it was. */
function expectFailure({ code, stdout, stderr }: Outcome, exitCode: number, culprit: string) {
  expect({ code, stdout, stderr }).toMatchObject({ code: exitCode, stdout: '' });
  expect(stderr).toMatch(/^onegrid mix: [^\n]+\.\n$/);
  expect(stderr).toContain(culprit);
  expect(readdirSync(outputs)).toEqual([basename(output)]);
  expect(readFileSync(output, 'utf8')).toBe(earlier);
}

it.each([
  ['a missing input', 'missing.mp4'],
  ['a truncated input', 'half.mp4'],
  ['a text that is called .mp4', 'text.mp4'],
  ['an empty input', 'empty.webm'],
  ['a folder', 'folder.mp4'],
])('%s: exit code 3, named, and the output stays as it was', async (_, name) => {
  const bad = join(folder.path, name);
  expectFailure(await runMix(good, `${bad},at=1`, '-o', output, '--force'), 3, name);
});

it.each<[string, string, string[]]>([
  ['0 frames a second', '--fps', ['--fps', '0']],
  ['no number of frames', '--fps', ['--fps', 'NaN']],
  ['a huge picture', '--size', ['--size', '99999x99999']],
  ['an odd picture', '--size', ['--size', '641x360']],
  ['no size', '--size', ['--size', 'large']],
  ['an unknown layout', 'mosaic', ['--layout', 'mosaic']],
  ['an unknown option', '--loud', ['--loud']],
  ['no bits', '--bitrate', ['--bitrate', '0']],
  ['a moment of a film', '--at', ['--at', '1']],
])('%s: exit code 2', async (_, culprit, options) => {
  expectFailure(await mixWithin(good, '-o', output, '--force', ...options), 2, culprit);
});

it.each<[string, string, object]>([
  ['an unknown id', 'events[0].mute "nobody"', { events: [{ at: 1, mute: 'nobody' }] }],
  ['a negative time', 'events[0].at', { events: [{ at: -1, mute: 'good' }] }],
  ['a time without end', 'duration', { duration: 'forever' }],
  ['0 frames a second', 'fps', { fps: 0 }],
  ['a huge picture', 'size[0]', { size: [99999, 99999] }],
])('a timeline with %s: exit code 2', async (_, culprit, change) => {
  const path = join(folder.path, 'timeline.json');
  const timeline = { participants: [{ id: 'good', media: basename(good) }], ...change };
  writeFileSync(path, JSON.stringify(timeline));
  expectFailure(await mixWithin('--timeline', path, '-o', output, '--force'), 2, culprit);
});

it('a timeline that is none: exit code 2, one that is not there: 3', async () => {
  const path = join(folder.path, 'not.json');
  writeFileSync(path, '{ "participants": [');
  expectFailure(await mixWithin('--timeline', path, '-o', output, '--force'), 2, 'not.json');
  const gone = join(folder.path, 'gone.json');
  expectFailure(await mixWithin('--timeline', gone, '-o', output, '--force'), 3, 'gone.json');
});

it.each<[string, number, string]>([
  ['is there already', 4, 'out.mp4'],
  ['is in a folder that is not there', 4, 'nowhere/out.mp4'],
  ['is beneath a file', 4, 'out.mp4/out.mp4'],
  ['is of no known kind', 2, 'out.txt'],
])('an output that %s: exit code %i', async (_, code, name) => {
  const wanted = join(outputs, name);
  expectFailure(await mixWithin(good, '-o', wanted), code, wanted);
});

it('an output that is a folder: exit code 4', async () => {
  const wanted = join(folder.path, 'folder.mp4');
  expectFailure(await mixWithin(good, '-o', wanted, '--force'), 4, wanted);
});

it('an output that is an input too: exit code 2', async () => {
  const before = readFileSync(good);
  expectFailure(await mixWithin(good, '-o', good, '--force'), 2, basename(good));
  expect(readFileSync(good)).toEqual(before);
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!mayMount && process.env['CI'] === 'true')
  throw new Error('A full disk needs root to be made.');

it.skipIf(!mayMount)('a full disk: exit code 4', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', outputs]);
  try {
    writeFileSync(output, earlier);
    expectFailure(
      await runMix(good, '-o', output, '--force', '--bitrate', '4000', '--quiet'),
      4,
      output,
    );
  } finally {
    execFileSync('umount', [outputs]);
  }
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s half-way: exit code 130', async (signal) => {
  const inputs = Array.from({ length: 50 }, (_, index) => `${good},at=${index * 2}`);
  const options = ['--force', '--quiet', '--size', '320x180', '--bitrate', '8000'];
  const { child, outcome } = startMix(...inputs, '-o', output, ...options);
  try {
    const written = (): number =>
      Math.max(
        0,
        ...readdirSync(outputs)
          .filter((name) => name !== basename(output))
          .map((name) => statSync(join(outputs, name)).size),
      );
    await until(() => written() > 10_000);
    expect(child.exitCode).toBeNull();
    child.kill(signal);
    expectFailure(await outcome, 130, 'nterrupted');
  } finally {
    child.kill('SIGKILL');
  }
});

it('wrong usage in a process of its own: exit code 2', async () => {
  expectFailure(await runMix(good, '-o', output, '--force', '--fps', '0'), 2, '--fps');
});

it('help is no mistake', async () => {
  const { code, stdout, stderr } = await runMix('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const option of ['--layout', '--size', '--fps', '--bitrate', '--no-labels', '--timeline'])
    expect(stdout).toContain(option);
});
