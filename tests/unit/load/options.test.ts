import { expect, it } from 'vitest';
import { loadDefaults } from '../../../mcu/load/load-options.ts';
import { parseArguments, UsageError } from '../../../mcu/load/options.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter((word) => word !== ''));

it('needs no options', () => {
  expect(parse('')).toEqual({ options: loadDefaults, json: false, details: false, quiet: false });
});

it('understands every option', () => {
  const line =
    '--url https://call.example.org --room r --participants 9 --listeners 20 --rooms 3 --ramp 2.5 --duration 0 --speakers 2 ' +
    '--churn 60 --clip a.webm --loss 5 --uplink-loss 1.5 --size 320x180 --fps 12.5 --codec vp8 --quality low --token t --details --quiet';
  expect(parse(line)).toEqual({
    options: {
      ...{ url: 'https://call.example.org', room: 'r', participants: 9, listeners: 20, rooms: 3 },
      ...{ ramp: 2.5, duration: 0, speakers: 2, churn: 60, clip: 'a.webm' },
      ...{ loss: { downlink: 0.05, uplink: 0.015 }, size: { width: 320, height: 180 } },
      ...{ fps: 12.5, codec: 'vp8', quality: 'low', token: 't' },
    },
    ...{ json: true, details: true, quiet: true },
  });
});

it.each([
  ['--participants 0', 'There must be somebody to join.'],
  ['--participants -1', '--participants must be a number from 0 to 10000, not "-1".'],
  ['--participants 2.5', '--participants must be a whole number, not "2.5".'],
  ['--participants 2 --rooms 3', '--rooms must be at most as many as join, not "3".'],
  ['--duration soon', '--duration must be a number from 0 to 31536000, not "soon".'],
  ['--loss 101', '--loss must be a number from 0 to 100, not "101".'],
  [
    '--size 640',
    '--size must be WIDTHxHEIGHT such as 640x360, even numbers from 32 to 4096, not "640".',
  ],
  [
    '--size 641x360',
    '--size must be WIDTHxHEIGHT such as 640x360, even numbers from 32 to 4096, not "641x360".',
  ],
  ['--room a/b', '--room must be 1 to 58 letters, digits, hyphens or underscores, not "a/b".'],
  ['--url nowhere', '--url: "nowhere" is not a URL such as http://localhost:8080.'],
  ['--url ftp://a', '--url: "ftp://a" does not begin with http:// or https://.'],
  [
    '--codec av1',
    "Option '--codec <NAME>' argument 'av1' is invalid. Allowed choices are h264, vp8.",
  ],
  ['--faster', "Unknown option '--faster'."],
  ['me', 'Too many arguments. Expected 0 arguments but got 1.'],
])('refuses %s', (line, sentence) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(sentence);
});
