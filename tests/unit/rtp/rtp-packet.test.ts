import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseRtpPacket,
  writeRtpPacket,
  type RtpPacketFields,
} from '../../../mcu/rtp/rtp-packet.ts';
import './seeded.ts';

const uint16 = fc.nat({ max: 0xffff });
const uint32 = fc.nat({ max: 0xffffffff });
const anyFields = fc.record({
  payloadType: fc.nat({ max: 127 }),
  marker: fc.boolean(),
  sequenceNumber: uint16,
  timestamp: uint32,
  ssrc: uint32,
  transportSequenceNumber: fc.option(uint16),
  payload: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
});

/** A copy: whatever was in the target before must not matter. */
function write(fields: RtpPacketFields, extensionId: number | null): Buffer {
  const target = Buffer.alloc(1500, 0xff);
  return Buffer.from(target.subarray(0, writeRtpPacket(target, fields, extensionId)));
}

describe('an RTP packet', () => {
  it('has the bytes of RFC 3550 and RFC 8285', () => {
    const packet = write(
      {
        payloadType: 102,
        marker: true,
        sequenceNumber: 0x1234,
        timestamp: 0xdeadbeef,
        ssrc: 0xcafebabe,
        transportSequenceNumber: 0xabcd,
        payload: Buffer.from([1, 2, 3]),
      },
      3,
    );
    expect(packet.toString('hex')).toBe(
      '90e61234deadbeefcafebabe' + 'bede0001' + '31abcd00' + '010203',
    );
  });

  it('comes back from the parser as it was written', () => {
    fc.assert(
      fc.property(anyFields, fc.integer({ min: 1, max: 14 }), (fields, id) => {
        expect(parseRtpPacket(write(fields, id), id)).toEqual(fields);
        const bare = { ...fields, transportSequenceNumber: null };
        expect(parseRtpPacket(write(fields, null), id)).toEqual(bare);
        expect(parseRtpPacket(write(fields, id), null)).toEqual(bare);
      }),
    );
  });

  it('is parsed past CSRCs, other extensions and padding', () => {
    const header = 'b160000100000001' + '0000000a' + '0000000b'; // V=2, P, X, one CSRC
    const extension = 'bede0003' + '10aa' + '00' + '4112ab' + '32010203' + '0000';
    const packet = Buffer.from(header + extension + '0707' + '000003', 'hex');
    expect(parseRtpPacket(packet, 4)).toMatchObject({
      transportSequenceNumber: 0x12ab,
      payload: Buffer.from([7, 7]),
    });
    expect(parseRtpPacket(packet, 3)).toMatchObject({ transportSequenceNumber: null });
    expect(parseRtpPacket(packet, 5)).toMatchObject({ transportSequenceNumber: null });
  });

  it('has no transport-wide number when the element is cut off or comes after a stop', () => {
    const header = '9060' + '000100000001' + '0000000a' + 'bede0001';
    for (const elements of ['00000041', '00004112', 'f04112ab']) {
      expect(parseRtpPacket(Buffer.from(header + elements, 'hex'), 4)).toMatchObject({
        transportSequenceNumber: null,
      });
    }
  });

  it('is refused when its extension or its padding claims more than there is', () => {
    const header = '000100000001' + '0000000a';
    expect(
      parseRtpPacket(Buffer.from('9060' + header + 'bede0002' + '4112ab00', 'hex'), 4),
    ).toBeNull();
    expect(parseRtpPacket(Buffer.from('a060' + header + '0707' + '000006', 'hex'), 4)).toBeNull();
    expect(parseRtpPacket(Buffer.from('a060' + header + '0707' + '000000', 'hex'), 4)).toBeNull();
    expect(parseRtpPacket(Buffer.from('a060' + header + '0000000005', 'hex'), 4)).toMatchObject({
      payload: Buffer.alloc(0),
    });
  });

  it('is refused, not thrown at, when it is anything else', () => {
    const valid = write(
      {
        payloadType: 96,
        marker: false,
        sequenceNumber: 1,
        timestamp: 2,
        ssrc: 3,
        transportSequenceNumber: 4,
        payload: Buffer.from([5]),
      },
      1,
    );
    for (let length = 0; length < 20; length += 1) {
      expect(parseRtpPacket(valid.subarray(0, length), 1)).toBeNull();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, versioned) => {
        const packet = Buffer.from(bytes);
        if (versioned && packet.length > 0) packet[0] = (packet[0]! & 0x3f) | 0x80;
        parseRtpPacket(packet, 3);
      }),
      { numRuns: 1000 },
    );
  });
});
