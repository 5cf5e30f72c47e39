import { expect, it } from 'vitest';
import { parseArguments } from '../../../mixer/cli/options.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter((word) => word !== ''));

it('takes inputs and an output, and leaves the rest to the defaults', () => {
  expect(parse('alice.webm bob.mp4,at=2 -o out.mp4')).toEqual({
    inputs: ['alice.webm', 'bob.mp4,at=2'],
    timeline: undefined,
    output: 'out.mp4',
    picture: {},
    bitsPerSecond: 1_500_000,
    labels: true,
    transitions: true,
    at: 0,
    json: false,
    quiet: false,
    force: false,
  });
});

it('understands every option', () => {
  const options =
    '--layout pip --size 640x360 --fps 29.97 --bitrate 800.5 --no-labels --transitions off --json --quiet --force';
  expect(parse(`a.webm ${options} -o out.MKV`)).toMatchObject({
    output: 'out.MKV',
    picture: { layout: 'pip', size: [640, 360], fps: 29.97 },
    bitsPerSecond: 800_500,
    ...{ labels: false, transitions: false, json: true, quiet: true, force: true },
  });
  expect(parse('--timeline t.json --output=a.png --at 2.5 --labels')).toMatchObject({
    ...{ inputs: [], timeline: 't.json', output: 'a.png', at: 2.5, labels: true },
  });
});

it.each([
  ['-o out.mp4', 'There is nothing to mix: name an input.'],
  ['a.webm', 'There is no output: name it with -o.'],
  ['a.webm -o', "Option '-o, --output <NAME>' argument missing."],
  [
    'a.webm --timeline t.json -o out.mp4',
    'A --timeline takes the place of inputs: give one or the other.',
  ],
  ['a.webm -o out.avi', 'The output "out.avi" must end in .mp4, .mkv, .webm, .m3u8, .wav or .png.'],
  ['a.webm -o out.mp4 --at 3', '--at is for a .png output.'],
  ['a.webm -o out.png --at -3', '--at must be a number of seconds from 0 to 86400, not "-3".'],
  ['a.webm -o out.mp4 --fps 0', '--fps must be a number from 1 to 120, not "0".'],
  ['a.webm -o out.mp4 --fps Infinity', '--fps must be a number from 1 to 120, not "Infinity".'],
  ['a.webm -o out.mp4 --size 640', '--size must be WIDTHxHEIGHT such as 1280x720, not "640".'],
  [
    'a.webm -o out.mp4 --size 0x0',
    'Each side of --size must be an even number of pixels from 16 to 8192, not "0x0".',
  ],
  [
    'a.webm -o out.mp4 --bitrate x',
    '--bitrate must be a number of kbit/s from 10 to 100000, not "x".',
  ],
  [
    'a.webm -o out.mp4 --layout x',
    "Option '--layout <MODE>' argument 'x' is invalid. Allowed choices are auto, grid, speaker, presentation, pip, single.",
  ],
  ['a.webm -o out.mp4 --fource', "Unknown option '--fource'."],
])('%s: %s', (line, sentence) => {
  expect(() => parse(line)).toThrow(sentence);
});
