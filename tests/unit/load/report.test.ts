import { expect, it } from 'vitest';
import { Histogram, quantileOf } from '../../../mcu/load/histogram.ts';
import { beginsH264Keyframe, beginsVp8Keyframe } from '../../../mcu/load/keyframe.ts';
import { ReceptionLog } from '../../../mcu/load/reception-log.ts';
import { packetizeH264, packetizeVp8 } from '../../../mcu/rtp/index.ts';

const frame = (completeMs: number) => ({
  ...{ timestamp: 0, keyframe: false, packets: 1, bytes: 1, firstMs: completeMs, completeMs },
});

it('quantiles are values that came', () => {
  const histogram = new Histogram();
  expect(histogram.quantile(0.5)).toBeNull();
  for (let ms = 1; ms <= 100; ms += 1) histogram.add(ms);
  expect([0.5, 0.95, 0.99, 1].map((share) => histogram.quantile(share))).toEqual([50, 95, 99, 100]);
  histogram.add(123_456);
  expect(histogram.max).toBe(123_456);
  expect(quantileOf([3, 1, 2], 0.5)).toBe(2);
  expect(quantileOf([3, 1, 2], 0.05)).toBe(1);
  expect(quantileOf([], 0.5)).toBeNull();
});

it('counts pictures by whole seconds since the first; a stall counts as nothing', () => {
  const log = new ReceptionLog(new Histogram());
  for (let ms = 0; ms < 1000; ms += 40) log.add(frame(5000 + ms));
  log.add(frame(8000));
  log.end(9500);
  expect(log.perSecond).toEqual([25, 0, 0, 1]);
  expect(log.gapMaxMs).toBe(2040);
});

it('a stall up to the end is the longest gap, and there is nothing where nothing came', () => {
  const log = new ReceptionLog(new Histogram());
  log.end(1000);
  expect(log.perSecond).toEqual([]);
  log.add(frame(2000));
  log.end(5500);
  expect(log.perSecond).toEqual([1, 0, 0]);
  expect(log.gapMaxMs).toBe(3500);
});

it('knows where keyframes begin', () => {
  const unit = (type: number, bytes: number) => [
    ...[0, 0, 1, 0x60 | type],
    ...Array.from({ length: bytes }, () => 7),
  ];
  const key = Buffer.from([...unit(7, 10), ...unit(8, 4), ...unit(5, 4000)]);
  const delta = Buffer.from(unit(1, 4000));
  expect(packetizeH264(key).payloads.map(beginsH264Keyframe).slice(0, 3)).toEqual([
    true,
    true,
    false,
  ]);
  expect(packetizeH264(delta).payloads.some(beginsH264Keyframe)).toBe(false);
  for (const pictureId of [null, 5]) {
    const begins = (first: number) =>
      packetizeVp8(Buffer.alloc(3000, first), pictureId).payloads.map(beginsVp8Keyframe);
    expect(begins(0x10)).toEqual([true, false, false]);
    expect(begins(0x11)).toEqual([false, false, false]);
  }
  expect(beginsVp8Keyframe(Buffer.alloc(0))).toBe(false);
});
