import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NtpClock, ntpToUnixMs } from '../../../mcu/rtp/ntp.ts';
import { parseRtcp, roundTripMs } from '../../../mcu/rtp/rtcp.ts';
import { buildSenderReport } from '../../../mcu/rtp/sender-report.ts';
import { encodeTransportFeedback } from './transport-feedback-encoder.ts';
import './seeded.ts';

const parse = (hex: string) => parseRtcp(Buffer.from(hex, 'hex'));

const block = '0000000a' + '40fffffe' + '00010002' + '00000003' + '11223344' + '00018000';
const parsedBlock = {
  ssrc: 10,
  fractionLost: 0.25,
  cumulativeLost: -2,
  highestSequenceNumber: 0x00010002,
  jitter: 3,
  lastSenderReport: 0x11223344,
  delaySinceLastSenderReport: 0x18000,
};
const rr = '81c90007' + '00000001' + block;
const sr =
  '81c8000c' + '00000005' + '0000000600000007' + '00000008' + '00000009' + '0000000b' + block;
const sdes = '81ca0003' + '00000001' + '01036162' + '63000000';
const bye = '82cb0002' + '00000001' + '00000002';
const nack = '81cd0004' + '00000001' + '0000000a' + 'fffe8001' + '00640000';
const pli = '81ce0002' + '00000001' + '0000000a';
const fir = '84ce0006' + '00000001' + '00000000' + '0000000a05000000' + '0000000b06000000';
const remb =
  '8fce0006' + '00000001' + '00000000' + '52454d42' + '020a6666' + '0000000a' + '0000000b';
const twcc = encodeTransportFeedback({
  base: 65000,
  reference: 100,
  count: 3,
  arrivals: Array.from({ length: 60 }, (_, index) =>
    index % 7 === 0 ? { received: false } : { received: true, delta: index * 20 - 100 },
  ),
  kinds: ['run-length', 'one-bit', 'two-bit'],
  paddingBit: true,
}).toString('hex');

describe('parsing RTCP', () => {
  it('reads receiver and sender reports', () => {
    expect(parse(rr)).toEqual([{ type: 'receiver-report', ssrc: 1, reports: [parsedBlock] }]);
    expect(parse(sr)).toEqual([
      {
        type: 'sender-report',
        ssrc: 5,
        ntp: { seconds: 6, fraction: 7 },
        rtpTimestamp: 8,
        packetCount: 9,
        octetCount: 11,
        reports: [parsedBlock],
      },
    ]);
    expect(parse('80c90001' + '00000001')).toEqual([
      { type: 'receiver-report', ssrc: 1, reports: [] },
    ]);
  });

  it('reads BYE, PLI, FIR and REMB', () => {
    expect(parse(bye)).toEqual([{ type: 'bye', ssrcs: [1, 2] }]);
    expect(parse(pli)).toEqual([{ type: 'pli', senderSsrc: 1, mediaSsrc: 10 }]);
    expect(parse(fir)).toEqual([
      {
        type: 'fir',
        senderSsrc: 1,
        requests: [
          { ssrc: 10, sequenceNumber: 5 },
          { ssrc: 11, sequenceNumber: 6 },
        ],
      },
    ]);
    // Exponent 2, mantissa 0x26666.
    expect(parse(remb)).toEqual([
      { type: 'remb', senderSsrc: 1, bitsPerSecond: 0x26666 * 4, ssrcs: [10, 11] },
    ]);
  });

  it('expands PID and BLP of a NACK over the wrap-around', () => {
    expect(parse(nack)).toEqual([
      {
        type: 'nack',
        senderSsrc: 1,
        mediaSsrc: 10,
        sequenceNumbers: [0xfffe, 0xffff, 0x000e, 100],
      },
    ]);
    fc.assert(
      fc.property(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff }), (packetId, bitmask) => {
        const packet = Buffer.from('81cd0003' + '00000001' + '0000000a' + '00000000', 'hex');
        packet.writeUInt16BE(packetId, 12);
        packet.writeUInt16BE(bitmask, 14);
        const following = Array.from({ length: 16 }, (_, bit) => bit)
          .filter((bit) => ((bitmask >> bit) & 1) === 1)
          .map((bit) => (packetId + bit + 1) % 65536);
        expect(parseRtcp(packet)).toMatchObject([{ sequenceNumbers: [packetId, ...following] }]);
      }),
    );
  });

  it('reads a compound packet in order and skips what it has no use for', () => {
    const unknown = '80cf0001' + '00000001';
    expect(parse(rr + sdes + unknown + nack + pli + twcc + bye).map(({ type }) => type)).toEqual([
      'receiver-report',
      'nack',
      'pli',
      'transport-feedback',
      'bye',
    ]);
  });

  it('cuts off padding, and leaves out a packet whose padding is impossible', () => {
    const padded = (last: string): string => 'a1cd0004' + nack.slice(8, 32) + `000000${last}`;
    expect(parse(padded('04'))).toMatchObject([{ sequenceNumbers: [0xfffe, 0xffff, 0x000e] }]);
    expect(parse(padded('00') + pli)).toMatchObject([{ type: 'pli' }]);
    expect(parse(padded('11') + pli)).toMatchObject([{ type: 'pli' }]);
    expect(parse('a0c90000')).toEqual([]);
  });

  it('stops at a wrong version or length, keeping what came before', () => {
    expect(parse(pli + '41ce0002' + '000000010000000a')).toHaveLength(1);
    expect(parse(pli + '81ce0003' + '000000010000000a')).toHaveLength(1);
    expect(parse(pli + '81ce00')).toHaveLength(1);
    expect(parse('')).toEqual([]);
  });

  it('leaves out packets with more blocks or sources than bytes', () => {
    expect(parse('82c90007' + '00000001' + block)).toEqual([]);
    expect(parse('80c80001' + '00000001')).toEqual([]);
    expect(parse('83cb0002' + '00000001' + '00000002')).toEqual([]);
    expect(parse('8fce0004' + '00000001' + '00000000' + '52454d42' + 'ff0a6666')).toEqual([]);
    expect(parse('81ce0001' + '00000001')).toEqual([]);
  });

  it('understands the largest REMB as a finite number', () => {
    const [packet] = parse('8fce0004' + '00000001' + '00000000' + '52454d42' + '00ffffff');
    expect(packet).toMatchObject({ type: 'remb', bitsPerSecond: 0x3ffff * 2 ** 63 });
  });
});

describe('hostile RTCP', () => {
  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseRtcp(Buffer.from(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws on random bodies under a valid header', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 63 }),
        fc.integer({ min: 200, max: 207 }),
        fc.uint8Array({ maxLength: 200 }),
        (flags, type, bytes) => {
          const words = Math.floor(bytes.length / 4);
          const packet = Buffer.concat([
            Buffer.from([0x80 | flags, type, words >> 8, words & 0xff]),
            bytes.subarray(0, words * 4),
          ]);
          parseRtcp(packet);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('never throws on mutated and truncated valid packets', () => {
    const valid = Buffer.from(rr + sr + sdes + bye + nack + pli + fir + remb + twcc, 'hex');
    const mutation = fc.tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(
        fc.array(mutation, { maxLength: 8 }),
        fc.nat({ max: valid.length }),
        (mutations, length) => {
          const packet = Buffer.from(valid);
          for (const [at, value] of mutations) packet[at] = value;
          parseRtcp(packet);
          parseRtcp(packet.subarray(0, length));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('reads nothing beyond the packet, even inside a larger memory', () => {
    const memory = Buffer.from(pli + nack, 'hex');
    expect(parseRtcp(memory.subarray(0, 12))).toHaveLength(1);
    expect(parseRtcp(memory.subarray(0, 20))).toHaveLength(1);
  });

  it('makes no more of a NACK than its bytes can say', () => {
    const words = 16383;
    const packet = Buffer.alloc((words + 1) * 4, 0xff);
    packet.writeUInt32BE((0x81cd << 16) >>> 0, 0);
    packet.writeUInt16BE(words, 2);
    const [nackPacket] = parseRtcp(packet);
    expect(nackPacket?.type === 'nack' && nackPacket.sequenceNumbers.length).toBe((words - 2) * 17);
  });
});

describe('a sender report', () => {
  const clock = new NtpClock(0, Date.UTC(2026, 0, 1));
  const info = { ssrc: 0xfffffffe, rtpTimestamp: 0x90000000, packetCount: 12, octetCount: 3456 };

  it('carries its fields, and a CNAME in the same compound packet', () => {
    const report = buildSenderReport(info, clock.at(1500), 'room-é');
    const [parsed, ...rest] = parseRtcp(report);
    expect(parsed).toEqual({ type: 'sender-report', ...info, ntp: clock.at(1500), reports: [] });
    expect(rest).toEqual([]);
    expect(parsed?.type === 'sender-report' && ntpToUnixMs(parsed.ntp)).toBe(
      Date.UTC(2026, 0, 1) + 1500,
    );
    expect(report.subarray(28).toString('hex')).toBe(
      '81ca0004' + 'fffffffe' + '0107' + Buffer.from('room-é').toString('hex') + '000000',
    );
  });

  it('is whole words, terminated, for every length of CNAME', () => {
    for (let length = 1; length <= 255; length += 1) {
      const report = buildSenderReport(info, clock.at(0), 'x'.repeat(length));
      expect(report.length % 4).toBe(0);
      expect(report.readUInt16BE(30)).toBe((report.length - 28) / 4 - 1);
      expect(report[38 + length]).toBe(0);
      expect(report.length - (38 + length)).toBeLessThanOrEqual(4);
      expect(parseRtcp(Buffer.concat([report, Buffer.from(pli, 'hex')]))).toHaveLength(2);
    }
    expect(() => buildSenderReport(info, clock.at(0), '')).toThrow(TypeError);
    expect(() => buildSenderReport(info, clock.at(0), 'é'.repeat(128))).toThrow(TypeError);
  });
});

describe('the round-trip time', () => {
  it('is that of the example in RFC 3550 figure 2', () => {
    const example = {
      ...parsedBlock,
      lastSenderReport: 0xb7052000,
      delaySinceLastSenderReport: 0x00054000,
    };
    const arrival = { seconds: 0xb44db710, fraction: 0x80000000 };
    // A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 5.25 s: 6.125 s.
    expect(roundTripMs(example, arrival)).toBe(6125);
  });

  it('survives the wrap-around of the compact time', () => {
    const wrapped = {
      ...parsedBlock,
      lastSenderReport: 0xffffff00,
      delaySinceLastSenderReport: 0x80,
    };
    expect(roundTripMs(wrapped, { seconds: 0x00010000, fraction: 0 })).toBe((0x80 / 65536) * 1000);
  });

  it('is unknown before the first sender report and when it would be negative', () => {
    const arrival = { seconds: 1, fraction: 0 };
    expect(roundTripMs({ ...parsedBlock, lastSenderReport: 0 }, arrival)).toBeNull();
    expect(
      roundTripMs(
        { ...parsedBlock, lastSenderReport: 0x20000, delaySinceLastSenderReport: 0 },
        arrival,
      ),
    ).toBeNull();
  });
});
