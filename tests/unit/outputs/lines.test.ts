import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterSetsOf } from '../../../mixer/output/live/annex-b.ts';
import { PictureLine, type PlacedPicture } from '../../../mixer/output/live/picture-line.ts';
import { offsetOf } from '../../../mixer/output/live/segment-offset.ts';
import { SoundJoiner } from '../../../mixer/output/live/sound-joiner.ts';
import { SoundLine } from '../../../mixer/output/live/sound-line.ts';
import { BackOff } from '../../../mcu/back-off.ts';

/** Samples of a value each; silence is 0. */
function soundLine() {
  const samples: number[] = [];
  const line = new SoundLine({
    samples: (data) => {
      for (let index = 0; index < data.length; index += 2) samples.push(data.readInt16LE(index));
    },
    silence: (count) => {
      for (let index = 0; index < count; index += 1) samples.push(0);
    },
  });
  return { line, samples };
}
const packetOf = (length: number, value: (index: number) => number) => {
  const data = Buffer.alloc(length * 2);
  for (let index = 0; index < length; index += 1) data.writeInt16LE(value(index), index * 2);
  return data;
};

describe('a line of sound', () => {
  it('has each sample where it belongs, and silence between', () => {
    const { line, samples } = soundLine();
    line.push(
      -500,
      packetOf(960, (index) => index + 1),
    );
    line.push(
      1460,
      packetOf(960, () => 7),
    );
    expect(samples.slice(0, 2)).toEqual([501, 502]);
    expect(samples[459]).toBe(960);
    expect(samples.slice(460, 1460).every((value) => value === 0)).toBe(true);
    expect(samples[1460]).toBe(7);
    expect(line.end).toBe(2420);
  });

  it('drops what is there already, and leaves a small drift alone', () => {
    const { line, samples } = soundLine();
    line.push(
      0,
      packetOf(960, () => 1),
    );
    line.push(
      0,
      packetOf(960, () => 2),
    );
    line.push(
      480,
      packetOf(960, () => 3),
    );
    expect(line.end).toBe(1440);
    line.push(
      1440 + 239,
      packetOf(960, () => 4),
    );
    expect(line.end).toBe(2400);
    line.push(
      2400 - 239,
      packetOf(960, () => 5),
    );
    expect(line.end).toBe(3360);
    expect(samples).not.toContain(2);
    expect(samples).not.toContain(0);
  });

  it('never has a gap nor an overlap, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -3000, max: 20_000 }), fc.nat(2000))),
        (packets) => {
          const { line, samples } = soundLine();
          for (const [position, length] of packets)
            line.push(
              position,
              packetOf(length, () => 1),
            );
          expect(samples).toHaveLength(line.end);
        },
      ),
    );
  });
});

describe('a line of pictures', () => {
  it('gives each picture the time until the next one', () => {
    const placed: PlacedPicture[] = [];
    const line = new PictureLine(25, (picture) => placed.push(picture));
    const data = Buffer.alloc(1);
    line.push(data, true, 0);
    line.push(data, false, 3600);
    line.push(data, false, 90_000);
    line.push(data, false, 80_000);
    line.finish(0);
    expect(placed.map(({ position, duration }) => [position, duration])).toEqual([
      [0, 3600],
      [3600, 86_400],
      [90_000, 1],
      [90_001, 3600],
    ]);
    expect(line.end).toBe(93_601);
  });
});

describe('frames of sound that are joined', () => {
  it('are one after the other, with silence where there are none', () => {
    const given: [string, number][] = [];
    const joiner = new SoundJoiner(Buffer.from('-'), (data, position) => {
      given.push([data.toString(), position / 1024]);
    });
    joiner.push(Buffer.from('a'), 100);
    joiner.push(Buffer.from('b'), 3 * 1024 - 400);
    joiner.push(Buffer.from('c'), 3 * 1024 + 400);
    joiner.push(Buffer.from('d'), 4 * 1024);
    joiner.fillTo(6 * 1024 + 1000);
    expect(given.map(([name]) => name).join('')).toBe('a--bd-');
    expect(given.map(([, index]) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('the place of a segment', () => {
  const before = { startMs: 5000, offset: 900_000 };
  it.each([
    ['the first', { startMs: 1, joined: true }, null, 0, 0],
    ['as much later', { startMs: 25_000, joined: false }, before, 1_000_000, 2_700_000],
    ['joined', { startMs: 25_000, joined: true }, before, 1_000_000, 1_000_000],
    ['never before the end', { startMs: 6000, joined: false }, before, 1_000_000, 1_000_000],
    ['unknown', { startMs: NaN, joined: false }, before, 1_000_000, 1_000_000],
    ['of another start of the machine', { startMs: 1e9, joined: false }, before, 1000, 1000],
  ])('is %s', (_, place, previous, end, expected) => {
    expect(offsetOf(place, previous, end)).toBe(expected);
  });
});

describe('parameter sets', () => {
  const unit = (type: number, ...rest: number[]) => [0, 0, 0, 1, 0x60 | type, ...rest];
  it('are what stands before the first slice', () => {
    const sets = [...unit(7, 1, 2), ...unit(8, 3)];
    const found = parameterSetsOf(Buffer.from([...unit(9, 0), ...sets, ...unit(5, 7, 7)]));
    expect(found?.subarray(0, 7)).toEqual(Buffer.from(unit(7, 1, 2)));
    expect(found?.includes(Buffer.from(unit(8, 3)))).toBe(true);
    expect(found?.includes(Buffer.from(unit(5)))).toBe(false);
  });
  it('are missing where one of them is', () => {
    expect(parameterSetsOf(Buffer.from([...unit(7, 1), ...unit(5, 2)]))).toBeNull();
    expect(parameterSetsOf(Buffer.from([...unit(5, 2), ...unit(7, 1), ...unit(8)]))).toBeNull();
    expect(parameterSetsOf(Buffer.alloc(0))).toBeNull();
  });
});

describe('waiting between attempts', () => {
  it('takes twice as long each time, up to half a minute, and begins anew after a success', () => {
    const backOff = new BackOff(30_000);
    const waits = [0, 0, 0, 0, 0, 0, 29_999].map((workedMs) => backOff.next(workedMs) / 1000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(backOff.next(30_000)).toBe(1000);
    expect(backOff.next(0)).toBe(2000);
  });
});
