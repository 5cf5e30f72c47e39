import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packetizeH264, splitAnnexB } from '../../../mcu/rtp/h264.ts';
import { defaultMaxPayloadBytes } from '../../../mcu/rtp/packetized-frame.ts';
import { depacketizeH264 } from './depacketize.ts';
import { patterned } from './seeded.ts';

/** A NAL unit as an encoder makes it: emulation prevention applied, no zero byte at its end. */
function nalUnit(type: number, importance: number, raw: Uint8Array): Buffer {
  const bytes = [(importance << 5) | type];
  let zeros = 0;
  for (const byte of raw) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  bytes.push(0x80);
  return Buffer.from(bytes);
}

const anyNalUnit = fc
  .tuple(
    fc.integer({ min: 1, max: 23 }),
    fc.integer({ min: 0, max: 3 }),
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      patterned({ max: 4000 }),
      fc
        .array(fc.constantFrom(0, 1, 2, 3), { maxLength: 200 })
        .map((list) => Uint8Array.from(list)),
    ),
  )
  .map(([type, importance, raw]) => nalUnit(type, importance, raw));

/** Start codes of three and four bytes, and zero bytes behind NAL units. */
const anyAccessUnit = fc
  .array(fc.tuple(anyNalUnit, fc.boolean(), fc.nat({ max: 4 })), { maxLength: 12 })
  .map((list) => ({
    nalUnits: list.map(([unit]) => unit),
    annexB: Buffer.concat(
      list.flatMap(([unit, long, zeros]) => [
        Buffer.from(long ? [0, 0, 0, 1] : [0, 0, 1]),
        unit,
        Buffer.alloc(zeros),
      ]),
    ),
  }));

/** Compared as bytes: a deep comparison of kilobytes makes a failing property slow to shrink. */
const same = (left: readonly Buffer[], right: readonly Buffer[]): boolean =>
  left.length === right.length && left.every((unit, index) => unit.equals(right[index]!));

const withStartCodes = (...units: Buffer[]): Buffer =>
  Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));
const filled = (type: number, bytes: number): Buffer =>
  Buffer.concat([Buffer.from([0x60 | type]), Buffer.alloc(bytes - 1, 0x55)]);

describe('splitting an Annex B access unit', () => {
  it('finds every NAL unit whatever the start codes and trailing zeros', () => {
    fc.assert(
      fc.property(anyAccessUnit, ({ nalUnits, annexB }) => {
        expect(same(splitAnnexB(annexB), nalUnits)).toBe(true);
      }),
    );
  });

  it('returns views, not copies', () => {
    const annexB = withStartCodes(filled(1, 10));
    expect(splitAnnexB(annexB)[0]!.buffer).toBe(annexB.buffer);
  });

  it('finds nothing where there is nothing, and never fails on any bytes', () => {
    expect(splitAnnexB(Buffer.alloc(0))).toEqual([]);
    expect(splitAnnexB(Buffer.from([0, 0, 1]))).toEqual([]);
    expect(splitAnnexB(Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 1]))).toEqual([]);
    expect(splitAnnexB(Buffer.from([1, 2, 3, 4]))).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 9), { maxLength: 60 }), (bytes) => {
        for (const unit of splitAnnexB(Buffer.from(bytes))) expect(unit.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('packetizing H.264', () => {
  it('round-trips any number of NAL units of any size within the payload limit', () => {
    fc.assert(
      fc.property(
        anyAccessUnit,
        fc.oneof(fc.integer({ min: 16, max: 1400 }), fc.constant(defaultMaxPayloadBytes)),
        ({ nalUnits, annexB }, limit) => {
          const { payloads, keyframe } = packetizeH264(annexB, limit);
          const sent = nalUnits.filter((unit) => (unit[0]! & 0x1f) !== 9);
          expect(same(depacketizeH264(payloads), sent)).toBe(true);
          expect(Math.max(0, ...payloads.map(({ length }) => length))).toBeLessThanOrEqual(limit);
          expect(keyframe).toBe(nalUnits.some((unit) => (unit[0]! & 0x1f) === 5));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('round-trips NAL units of every size around the limit', () => {
    for (let bytes = 1; bytes <= 120; bytes += 1) {
      const units = [filled(1, bytes), filled(2, bytes)];
      const { payloads } = packetizeH264(withStartCodes(...units), 30);
      expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(30);
      expect(depacketizeH264(payloads)).toEqual(units);
    }
  });

  it('puts SPS, PPS and SEI into one STAP-A and an IDR slice into fragments', () => {
    const units = [filled(7, 24), filled(8, 6), filled(6, 40), filled(5, 5000)];
    const { payloads, keyframe } = packetizeH264(withStartCodes(...units));
    expect(keyframe).toBe(true);
    expect(payloads.map((payload) => payload[0]! & 0x1f)).toEqual([24, 28, 28, 28, 28, 28]);
  });

  it('sends a lone small NAL unit as it is, without a copy', () => {
    const annexB = withStartCodes(filled(1, 700));
    const { payloads, keyframe } = packetizeH264(annexB);
    expect(payloads).toEqual([filled(1, 700)]);
    expect(payloads[0]!.buffer).toBe(annexB.buffer);
    expect(keyframe).toBe(false);
  });

  it('fragments a NAL unit only when it is larger than a payload', () => {
    const annexB = withStartCodes(filled(1, 1162), filled(1, 1163));
    expect(packetizeH264(annexB).payloads.map(({ length }) => length)).toEqual([1162, 583, 583]);
  });

  it('passes a forbidden bit on in a STAP-A', () => {
    const broken = Buffer.from([0x80 | 0x61, 1, 2]);
    const { payloads } = packetizeH264(withStartCodes(broken, filled(1, 5)));
    expect(payloads.map((payload) => payload[0])).toEqual([0x80 | 0x60 | 24]);
  });

  it('makes fragments of about equal size', () => {
    const { payloads } = packetizeH264(withStartCodes(filled(1, 1164)));
    expect(payloads.map((payload) => payload.length)).toEqual([584, 583]);
  });

  it('drops access unit delimiters and types that no payload can carry', () => {
    const units = [filled(9, 2), filled(1, 20), filled(28, 20), filled(0, 20)];
    expect(packetizeH264(withStartCodes(...units)).payloads).toEqual([filled(1, 20)]);
    expect(packetizeH264(withStartCodes(filled(9, 2))).payloads).toEqual([]);
  });

  it('keeps a full packet with extension, RTX number and SRTP tag within 1200 bytes', () => {
    expect(12 + 8 + 2 + defaultMaxPayloadBytes + 16).toBe(1200);
  });

  it('refuses a senseless payload limit', () => {
    for (const limit of [0, 15, 16.5, 1401, Number.NaN]) {
      expect(() => packetizeH264(Buffer.alloc(0), limit)).toThrow(TypeError);
    }
  });
});
