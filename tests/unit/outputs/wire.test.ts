import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePacket, type OutputPacket, PacketReader } from '../../../mcu/outputs/wire.ts';

const payload = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
const time = fc.double({ noNaN: true, noDefaultInfinity: true });
const packet: fc.Arbitrary<OutputPacket> = fc.oneof(
  fc.record({
    kind: fc.constant('video' as const),
    keyframe: fc.boolean(),
    scheduled: fc.boolean(),
    atMs: time,
    data: payload,
  }),
  fc.record({
    kind: fc.constant('audio' as const),
    speaker: fc.nat(65_535),
    atMs: time,
    data: payload,
  }),
  fc.record({
    kind: fc.constant('speaker' as const),
    speaker: fc.nat(65_535),
    id: fc.string(),
    name: fc.string({ unit: 'grapheme' }),
  }),
);

describe('packets between room and output process', () => {
  it('come out as they went in, however they are chopped', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
        (packets, lengths) => {
          const bytes = Buffer.concat(packets.flatMap((one) => encodePacket(one)));
          const reader = new PacketReader();
          const read: OutputPacket[] = [];
          for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
            const length = lengths[turn % lengths.length]!;
            // As from a socket: memory of its own.
            read.push(...reader.push(Buffer.from(bytes.subarray(at, at + length))));
            at += length;
          }
          expect(read).toEqual(packets);
        },
      ),
    );
  });

  it('that cannot be any are refused', () => {
    const [header] = encodePacket({
      kind: 'video',
      keyframe: true,
      scheduled: true,
      atMs: 0,
      data: Buffer.alloc(0),
    });
    const tooLong = Buffer.from(header);
    tooLong.writeUInt32LE(0xffff_ffff, 0);
    expect(() => new PacketReader().push(tooLong)).toThrow(RangeError);
    const ofNoKind = Buffer.from(header);
    ofNoKind.writeUInt8(9, 4);
    expect(() => new PacketReader().push(ofNoKind)).toThrow(RangeError);
  });
});
