import { expect, test } from 'vitest';
import { buildFrames } from './received-frames.ts';
import { compareSlopes, type Point } from '../../bench/mcu/comparison.ts';
import { picturesOf } from '../../bench/mcu/received.ts';
import { uplinkOf } from '../../bench/mcu/uplinks.ts';

const point = (
  system: Point['system'],
  participants: number,
  cpu: number,
  holds = true,
): Point => ({
  ...{ system, participants, cpu, holds },
});

test('slopes are compared over the sizes of room in which both hold the rate', () => {
  const ours = [2, 4, 9].map((count) => point('onegrid', count, 0.2 + 0.05 * count));
  const theirs = [2, 4].map((count) => point('wrtc-per-participant', count, 0.1 + 0.3 * count));
  const late = point('wrtc-per-participant', 9, 0.5, false);
  const slopes = compareSlopes([...ours, ...theirs, late], 'onegrid', 'wrtc-per-participant');
  expect(slopes?.participants).toEqual([2, 4]);
  expect(slopes?.first).toBeCloseTo(0.05);
  expect(slopes?.second).toBeCloseTo(0.3);
});

test('one size of room has no slope', () => {
  const points = [point('onegrid', 2, 1), point('onegrid', 4, 1), point('gstreamer', 2, 1)];
  expect(compareSlopes(points, 'onegrid', 'gstreamer')).toBeNull();
});

test('what is sent has at least the lines of a tile, and no more than the next step', () => {
  expect(uplinkOf(2)).toMatchObject({ width: 640, height: 360, fps: 25, kilobits: 500 });
  for (const count of [4, 9, 16, 25]) {
    const { width, height } = uplinkOf(count);
    expect(width / height).toBeCloseTo(16 / 9, 1);
    expect(height).toBeGreaterThanOrEqual(Math.floor(720 / Math.ceil(Math.sqrt(count))) - 1);
  }
});

test.each(['h264', 'vp8'] as const)('pictures of %s are put together from what came', (codec) => {
  const { packets, frames } = buildFrames(codec, 4);
  const all = picturesOf(packets, codec);
  expect(all.map(({ data }) => data.toString('hex'))).toEqual(frames);
  expect(all[1]?.firstMs).toBe(
    packets.find(({ packet }) => packet.readUInt32BE(4) === all[1]?.timestamp)?.atMs,
  );
});

test('packets out of order are put in order, a picture that misses one is left out', () => {
  const { packets, frames } = buildFrames('vp8', 4);
  const [first, second, ...others] = packets;
  const swapped = picturesOf([second!, first!, ...others], 'vp8');
  expect(swapped.map(({ data }) => data.toString('hex'))).toEqual(frames);
  const lost = packets.filter((_, index) => index !== 4);
  expect(picturesOf(lost, 'vp8')).toHaveLength(3);
});
