import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TimelineInput } from '../../../mixer/render/index.ts';
import { makeClip } from '../../harness/clips.ts';
import { coloursOf, type Colour, decode, probe, tones } from '../../harness/judge.ts';
import { runMix, scratchFolder } from './run-mix.ts';

const folder = scratchFolder('timeline');
afterAll(() => folder[Symbol.dispose]());

const fps = 25;
const frames = 150;
const [red, green, blue] = [440, 880, 1320];

/** Everybody is one colour and one tone; blue is square, so that it has bars at its sides when it is not cropped. */
beforeAll(async () => {
  const clips = [
    { id: 'red', picture: '#d01010', tone: red, size: [320, 180] },
    { id: 'green', picture: '#10b010', tone: green, size: [320, 180] },
    { id: 'blue', picture: '#1010d0', tone: blue, size: [180, 180] },
  ] as const;
  const paths = await Promise.all(
    clips.map(({ picture, tone, size }) =>
      makeClip(folder.path, {
        seconds: 7,
        container: 'mp4',
        video: { picture, size },
        audio: { tone },
      }),
    ),
  );
  const [redClip, greenClip, blueClip] = paths as [string, string, string];
  const timeline: TimelineInput = {
    size: [640, 360],
    fps,
    layout: 'auto',
    duration: 6,
    participants: [
      { id: 'red', media: redClip },
      { id: 'green', media: greenClip, joinAt: 1, mediaOffset: 0.5 },
      // Between two frames.
      { id: 'blue', media: blueClip, joinAt: 2.02, leaveAt: 5.5 },
    ],
    events: [
      { at: 5, unmute: 'red' },
      { at: 2.6, mute: 'red' },
      { at: 3, layout: 'speaker', pinned: 'green' },
      { at: 3.4, layout: 'auto' },
      { at: 3.76, videoOff: 'green' },
      { at: 4, videoOn: 'green' },
      { at: 4.2, share: 'blue' },
      { at: 4.6, unshare: 'blue' },
    ],
  };
  writeFileSync(join(folder.path, 'timeline.json'), JSON.stringify(timeline));
});

const palette: Record<string, Colour> = {
  red: [208, 16, 16],
  green: [16, 176, 16],
  blue: [16, 16, 208],
  dark: [30, 32, 38],
};

function nameOf(colour: Colour): string {
  const distance = (name: string) =>
    Math.hypot(...colour.map((value, index) => value - palette[name]![index]!));
  return Object.keys(palette).reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** The colour of each frame at a place. */
async function namesAt(file: string, x: number, y: number): Promise<string[]> {
  return (await coloursOf(file, { x: x - 4, y: y - 4, width: 8, height: 8 })).map(nameOf);
}

/** From which frame on there is which colour, at places where the layouts differ. */
const expected: [x: number, y: number, runs: Record<number, string>][] = [
  // Above the tiles of two; within red's, of three; within the large one; in the bar beside a shared screen.
  [
    40,
    20,
    {
      0: 'red',
      25: 'dark',
      51: 'red',
      75: 'green',
      85: 'red',
      105: 'dark',
      115: 'red',
      138: 'dark',
    },
  ],
  // Within green's tile, of two and of three; within the large one.
  [345, 150, { 0: 'red', 25: 'green', 94: 'dark', 100: 'green', 105: 'blue', 115: 'green' }],
  // Below the tiles of two; within blue's; within the large one.
  [320, 300, { 0: 'red', 25: 'dark', 51: 'blue', 75: 'green', 85: 'blue', 138: 'dark' }],
];

/** Frames at which the picture changes; with a transition. */
const changes = [25, 51, 75, 85, 94, 100, 105, 115, 138];

function spelledOut(runs: Record<number, string>): string[] {
  let colour = '';
  return Array.from({ length: frames }, (_, frame) => (colour = runs[frame] ?? colour));
}

/** Frames at which there is another colour than on the frame before. */
function runsOf(colours: readonly string[]): Record<number, string> {
  return Object.fromEntries(
    [...colours.entries()].filter(([frame, colour]) => colour !== colours[frame - 1]),
  );
}

const mixTimeline = async (name: string, ...options: string[]) => {
  const output = join(folder.path, name);
  const timeline = join(folder.path, 'timeline.json');
  const args = ['--timeline', timeline, '-o', output, '--no-labels', '--quiet', ...options];
  expect(await runMix(...args)).toEqual({ code: 0, stdout: '', stderr: '' });
  return output;
};

it('without transitions every event is seen on its exact frame, and its sound is heard', async () => {
  const file = await mixTimeline('cuts.mp4', '--transitions', 'off');
  const { video, audio } = await probe(file);
  expect(video).toMatchObject({ width: 640, height: 360, fps, frames });
  expect(Math.abs(audio!.durationSeconds! - 6)).toBeLessThan(1 / fps);
  for (const [x, y, runs] of expected) expect(runsOf(await namesAt(file, x, y))).toEqual(runs);

  const heard = async (from: number, to: number) =>
    (await tones(file, [red, green, blue], { from, to })).map((level) => level > -40);
  const [yes, no] = [true, false];
  expect(await heard(0, 0.98)).toEqual([yes, no, no]);
  expect(await heard(1.02, 2)).toEqual([yes, yes, no]);
  expect(await heard(2.04, 2.58)).toEqual([yes, yes, yes]);
  expect(await heard(2.62, 4.98)).toEqual([no, yes, yes]);
  expect(await heard(5.02, 5.48)).toEqual([yes, yes, yes]);
  expect(await heard(5.52, 5.98)).toEqual([yes, yes, no]);
});

it('with transitions every change begins on its exact frame and is over a quarter of a second later', async () => {
  const file = await mixTimeline('moves.mp4');
  expect((await probe(file)).video).toMatchObject({ fps, frames });
  const moving = new Set(changes.flatMap((frame) => [0, 1, 2, 3, 4, 5].map((n) => frame + n)));
  for (const [x, y, runs] of expected) {
    const settled = (colours: string[]) => colours.filter((_, frame) => !moving.has(frame));
    expect(settled(await namesAt(file, x, y))).toEqual(settled(spelledOut(runs)));
  }
  const means = await coloursOf(file, { x: 0, y: 0, width: 640, height: 360 });
  const steps = means.map((colour, frame) =>
    Math.hypot(...colour.map((value, index) => value - (means[frame - 1] ?? colour)[index]!)),
  );
  for (const frame of changes) {
    expect(steps[frame - 1]).toBeLessThan(0.1);
    expect(steps[frame]).toBeGreaterThan(0.3);
  }
});

it('two runs give the same pictures and the same sound', async () => {
  const [one, two] = [await mixTimeline('one.mkv'), await mixTimeline('two.mkv')];
  const decoded = await decode(one);
  expect(decoded).toMatchObject({ errors: [] });
  expect(decoded.picture).toMatch(/SHA256=[0-9a-f]{64}/);
  expect(decoded.sound).toMatch(/SHA256=[0-9a-f]{64}/);
  expect(await decode(two)).toEqual(decoded);
});
