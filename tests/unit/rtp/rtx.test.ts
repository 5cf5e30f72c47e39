import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketCache } from '../../../mcu/rtp/packet-cache.ts';
import { defaultMaxPayloadBytes } from '../../../mcu/rtp/packetized-frame.ts';
import { Retransmitter, type RetransmitterOptions } from '../../../mcu/rtp/rtx.ts';
import { TokenBucket } from '../../../mcu/rtp/token-bucket.ts';
import { makeReceiver } from './receiver.ts';
import './seeded.ts';

const rtx = { ssrc: 2000, payloadTypes: new Map([[102, 103]]) };

/** A receiver that got `count` video packets and forgets them, so that only resends are seen. */
function afterSending(count: number, options: Partial<RetransmitterOptions> = {}) {
  const receiver = makeReceiver();
  const cache = new PacketCache();
  const video = receiver.stream(1000, 102, cache);
  for (let index = 0; index < count; index += 1) video.send([Buffer.from([index, 7])], index * 10);
  const originals = receiver.packets.splice(0);
  const retransmitter = new Retransmitter({ ...receiver.wire, cache, rtx, ...options });
  return { ...receiver, video, originals, retransmitter, first: 0x4000 };
}

describe('answering a NACK with RTX', () => {
  it('wraps the packet: own SSRC, type and number, original number in front, fresh transport-wide number', () => {
    const { retransmitter, first, parsed } = afterSending(3);
    expect(retransmitter.answer([first + 1, first + 2], 50).resent).toBe(2);
    const common = { ssrc: 2000, payloadType: 103, marker: true };
    expect(parsed()).toEqual([
      {
        ...common,
        sequenceNumber: 0x4000,
        timestamp: 0x80000000 + 10,
        transportSequenceNumber: 1, // 0xfffe, 0xffff and 0 were the originals
        payload: Buffer.from([(first + 1) >> 8, (first + 1) & 0xff, 1, 7]),
      },
      {
        ...common,
        sequenceNumber: 0x4001,
        timestamp: 0x80000000 + 20,
        transportSequenceNumber: 2,
        payload: Buffer.from([(first + 2) >> 8, (first + 2) & 0xff, 2, 7]),
      },
    ]);
  });

  it('keeps a packet of the largest payload within 1200 bytes, SRTP tag included', () => {
    const { retransmitter, video, packets, first } = afterSending(0);
    video.send([Buffer.alloc(defaultMaxPayloadBytes)], 0);
    packets.length = 0;
    retransmitter.answer([first], null);
    expect(packets[0]!.length + 16).toBe(1200);
  });

  it('never reuses a number of the RTX stream, over its wrap-around', () => {
    const { retransmitter, first, state, parsed } = afterSending(1);
    for (let round = 0; round < 66000; round += 1) {
      state.nowMs += 1000;
      retransmitter.answer([first], 50);
    }
    const numbers = parsed().map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers.every((number, index) => number === ((0x4000 + index) & 0xffff))).toBe(true);
    expect(numbers).toHaveLength(66000);
  });

  it('counts resends apart from the stream', () => {
    const { retransmitter, video, first } = afterSending(5);
    retransmitter.answer([first, first + 1], 50);
    expect([retransmitter.packetCount, retransmitter.octetCount]).toEqual([2, 4]);
    expect([video.packetCount, video.octetCount]).toEqual([5, 10]);
  });
});

describe('answering a NACK without RTX', () => {
  it.each([
    ['was not negotiated', null],
    [
      'was negotiated for another payload type only',
      { ssrc: 9, payloadTypes: new Map([[96, 97]]) },
    ],
  ])('sends the identical bytes where RTX %s', (_, format) => {
    const { retransmitter, first, packets, originals } = afterSending(4, { rtx: format });
    expect(retransmitter.answer([first + 2, first], 50).resent).toBe(2);
    expect(packets).toEqual([originals[2], originals[0]]);
  });

  it('does so after the stream has changed its payload type', () => {
    const { retransmitter, video, first, packets, originals } = afterSending(1, { rtx: null });
    video.payloadType = 96;
    retransmitter.answer([first], 50);
    expect(packets).toEqual([originals[0]]);
  });
});

describe('the bounds of an answer', () => {
  it('resends a packet once per round trip', () => {
    const { retransmitter, first, state } = afterSending(1);
    expect(retransmitter.answer([first, first], 80).resent).toBe(1);
    state.nowMs += 79;
    expect(retransmitter.answer([first], 80).resent).toBe(0);
    state.nowMs += 1;
    expect(retransmitter.answer([first], 80).resent).toBe(1);
  });

  it('assumes 100 ms before a round trip was measured, and never less than 10', () => {
    const { retransmitter, first, state } = afterSending(2);
    retransmitter.answer([first], null);
    retransmitter.answer([first + 1], 0);
    state.nowMs += 9;
    expect(retransmitter.answer([first], null).resent).toBe(0);
    expect(retransmitter.answer([first + 1], 0).resent).toBe(0);
    state.nowMs += 1;
    expect(retransmitter.answer([first + 1], 0).resent).toBe(1);
    state.nowMs += 90;
    expect(retransmitter.answer([first], null).resent).toBe(1);
  });

  it('caps one answer, and gives the rest when asked again', () => {
    const { retransmitter, first } = afterSending(200);
    const all = Array.from({ length: 200 }, (_, index) => first + index);
    const answers = [1, 2, 3, 4, 5].map(() => retransmitter.answer(all, 80).resent);
    expect(answers).toEqual([64, 64, 64, 8, 0]);
  });

  it('ignores packets that were never sent or are forgotten', () => {
    const { retransmitter, first, packets } = afterSending(1100);
    expect(retransmitter.answer([first - 1, first + 1100, 0, 65535], 80).resent).toBe(0);
    expect(packets).toEqual([]);
  });

  it('holds for any sequence of NACKs', () => {
    const nack = fc.record({
      waitMs: fc.nat({ max: 60 }),
      lost: fc.array(fc.integer({ min: -5, max: 45 }), { maxLength: 60 }),
    });
    fc.assert(
      fc.property(fc.array(nack, { maxLength: 20 }), fc.nat({ max: 100 }), (nacks, rttMs) => {
        const run = afterSending(40, { maximumPacketsPerNack: 8 });
        const lastResend = new Map<number, number>();
        for (const { waitMs, lost } of nacks) {
          run.state.nowMs += waitMs;
          run.packets.length = 0;
          const wanted = lost.map((index) => run.first + index);
          const count = run.retransmitter.answer(wanted, rttMs).resent;
          expect(count).toBe(run.packets.length);
          expect(count).toBeLessThanOrEqual(8);
          for (const { payload } of run.parsed()) {
            const original = payload.readUInt16BE(0);
            const since = run.state.nowMs - (lastResend.get(original) ?? Number.NEGATIVE_INFINITY);
            expect(since).toBeGreaterThanOrEqual(rttMs);
            lastResend.set(original, run.state.nowMs);
          }
        }
      }),
    );
  });
});

describe('the bounds of resending', () => {
  it('keeps to an allowance of bytes, and goes on when that has filled up', () => {
    const allowance = new TokenBucket(80_000, 150, 1000);
    const { retransmitter, first, state } = afterSending(5, { allowance });
    // 66 bytes each: two within the allowance, a third overdraws it.
    const wanted = [0, 1, 2, 3, 4].map((index) => first + index);
    expect(retransmitter.answer(wanted, 10).resent).toBe(3);
    state.nowMs += 1;
    expect(retransmitter.answer(wanted, 10).resent).toBe(0);
    state.nowMs += 9;
    expect(retransmitter.answer(wanted, 0).resent).toBe(1);
  });

  it('tells of packets that are not kept', () => {
    const { retransmitter, first } = afterSending(2);
    expect(retransmitter.answer([first, first - 5], 50)).toEqual({ resent: 1, forgotten: 1 });
  });
});

describe('padding', () => {
  it('is a recent packet once more, not twice within 250 ms, and then empty RTX packets', () => {
    const { retransmitter, parsed, packets, state, first } = afterSending(0);
    expect(retransmitter.pad(300)).toBe(300);
    expect(packets[0]![0]! & 0x20).toBe(0x20);
    expect(packets[0]!.at(-1)).toBe(236);
    expect(parsed()[0]).toMatchObject({ ssrc: 2000, payloadType: 103, payload: Buffer.alloc(0) });
    const { video, retransmitter: full, packets: sent, state: clock } = afterSending(0);
    video.send([Buffer.alloc(1000, 1)], 0);
    sent.length = 0;
    expect(full.pad(1200)).toBe(1066);
    expect(sent[0]!.readUInt16BE(20)).toBe(first);
    expect(full.pad(1200)).toBeLessThan(400);
    clock.nowMs += 250;
    expect(full.pad(1200)).toBe(1066);
    expect(state.nowMs).toBe(1000);
  });

  it('is not there without RTX', () => {
    const { retransmitter, packets } = afterSending(3, { rtx: null });
    expect(retransmitter.pad(500)).toBe(0);
    expect(packets).toEqual([]);
  });

  it('has own numbers, and takes from 65 to 319 bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 2000, noNaN: true }), { maxLength: 20 }),
        (sizes) => {
          const { retransmitter, packets, parsed } = afterSending(0);
          const sent = sizes.map((size) => retransmitter.pad(size));
          packets.forEach((packet, index) => expect(packet.length + 44).toBe(sent[index]));
          for (const bytes of sent) {
            expect(bytes).toBeGreaterThanOrEqual(65);
            expect(bytes).toBeLessThanOrEqual(319);
          }
          const numbers = parsed().map(({ sequenceNumber }) => sequenceNumber);
          expect(numbers).toEqual(sizes.map((_, index) => 0x4000 + index));
        },
      ),
    );
  });
});
