import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedPacker } from '../../../mcu/rtp/red.ts';

const opus = 111;
const frame = (bytes: number, fill: number): Buffer => Buffer.alloc(bytes, fill);

/** What a receiver makes of a payload (RFC 2198 §3): frames by their timestamps, oldest first. */
function unpack(payload: Buffer, timestamp: number): { timestamp: number; frame: Buffer }[] {
  const blocks: { offset: number; length: number }[] = [];
  let at = 0;
  while ((payload[at]! & 0x80) !== 0) {
    expect(payload[at]! & 0x7f).toBe(opus);
    const bits = payload.readUIntBE(at + 1, 3);
    blocks.push({ offset: bits >> 10, length: bits & 0x3ff });
    at += 4;
  }
  expect(payload[at]).toBe(opus);
  at += 1;
  const frames = blocks.map(({ offset, length }) => {
    at += length;
    return { timestamp: timestamp - offset, frame: payload.subarray(at - length, at) };
  });
  return [...frames, { timestamp, frame: payload.subarray(at) }];
}

describe('a packer of redundant sound', () => {
  it('lays bits as the RFC does', () => {
    const packer = new RedPacker(opus);
    expect(packer.next(frame(0x155, 1), 1000, 1)).toBeNull();
    const payload = packer.next(frame(3, 2), 1960, 1)!;
    // 960 in 14 bits, then 0x155 in 10.
    expect([...payload.subarray(0, 5)]).toEqual([0x80 | 111, 0x0f, 0x01, 0x55, 111]);
    expect(payload.subarray(5)).toEqual(Buffer.concat([frame(0x155, 1), frame(3, 2)]));
  });

  it('sends frames alone while no redundancy is wanted, and remembers them', () => {
    const packer = new RedPacker(opus);
    expect(packer.next(frame(10, 1), 0, 0)).toBeNull();
    expect(packer.next(frame(11, 2), 960, 0)).toBeNull();
    expect(unpack(packer.next(frame(12, 3), 1920, 2)!, 1920)).toEqual([
      { timestamp: 0, frame: frame(10, 1) },
      { timestamp: 960, frame: frame(11, 2) },
      { timestamp: 1920, frame: frame(12, 3) },
    ]);
  });

  it('goes on over changes of the length of frames', () => {
    const packer = new RedPacker(opus);
    packer.next(frame(80, 1), 0, 2);
    packer.next(frame(120, 2), 960, 2);
    const at = 960 + 960;
    expect(
      unpack(packer.next(frame(130, 3), at, 2)!, at).map(({ timestamp }) => timestamp),
    ).toEqual([0, 960, at]);
    const next = at + 2880;
    expect(unpack(packer.next(frame(60, 4), next, 2)!, next)).toMatchObject([
      { timestamp: 960 },
      { timestamp: at },
      { timestamp: next },
    ]);
  });

  it('leaves out what is too old, too long or too much for one packet', () => {
    const silence = new RedPacker(opus);
    silence.next(frame(9, 1), 0, 2);
    expect(silence.next(frame(9, 2), 16_384, 2)).toBeNull();
    expect(unpack(silence.next(frame(9, 3), 16_384 + 16_383, 2)!, 32_767)).toHaveLength(2);

    const long = new RedPacker(opus);
    long.next(frame(1024, 1), 0, 1);
    expect(long.next(frame(9, 2), 960, 1)).toBeNull();
    expect(unpack(long.next(frame(1100, 3), 1920, 1)!, 1920)).toHaveLength(2);

    const much = new RedPacker(opus);
    much.next(frame(600, 1), 0, 2);
    much.next(frame(500, 2), 960, 2);
    expect(unpack(much.next(frame(400, 3), 1920, 2)!, 1920)).toMatchObject([
      { timestamp: 960 },
      { timestamp: 1920 },
    ]);
  });

  it('lets nothing be missed while no more packets in a row are lost than it carries', () => {
    const sizes = fc.array(
      fc.record({
        bytes: fc.integer({ min: 1, max: 300 }),
        ticks: fc.constantFrom(1, 2, 3),
        lost: fc.boolean(),
      }),
      { minLength: 5, maxLength: 60 },
    );
    fc.assert(
      fc.property(sizes, fc.constantFrom(1 as const, 2 as const), (sent, redundancy) => {
        const packer = new RedPacker(opus);
        const heard = new Map<number, Buffer>();
        const missed = new Set<number>();
        let timestamp = 2 ** 33;
        let inARow = 0;
        for (const [index, { bytes, ticks, lost }] of sent.entries()) {
          const payload = frame(bytes, index);
          const red = packer.next(payload, timestamp, redundancy);
          const isLost = lost && inARow < redundancy && index < sent.length - 1;
          inARow = isLost ? inARow + 1 : 0;
          if (isLost) missed.add(timestamp);
          else {
            const got = red === null ? [{ timestamp, frame: payload }] : unpack(red, timestamp);
            for (const each of got) heard.set(each.timestamp, each.frame);
            for (const each of got) expect(each.frame).toEqual(heard.get(each.timestamp));
          }
          timestamp += ticks * 960;
        }
        for (const each of missed) expect(heard.has(each)).toBe(true);
        expect(heard.size).toBe(sent.length);
      }),
    );
  });
});
