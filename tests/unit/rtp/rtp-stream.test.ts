import { describe, expect, it } from 'vitest';
import { PacketCache } from '../../../mcu/rtp/packet-cache.ts';
import { RtpStream } from '../../../mcu/rtp/rtp-stream.ts';
import { TransportSequence } from '../../../mcu/rtp/transport-sequence.ts';
import { makeReceiver } from './receiver.ts';

const payloads = (...sizes: number[]): Buffer[] => sizes.map((size) => Buffer.alloc(size, size));

describe('an outgoing stream', () => {
  it('sets the marker on the last packet of each picture and on no other', () => {
    const receiver = makeReceiver();
    const video = receiver.stream(1, 102);
    video.send(payloads(10, 11, 12), 3600);
    video.send(payloads(13), 7200);
    video.send([], 10800);
    expect(receiver.parsed().map(({ marker }) => marker)).toEqual([false, false, true, true]);
    expect(receiver.parsed().map(({ payload }) => payload)).toEqual(payloads(10, 11, 12, 13));
  });

  it('numbers packets without a gap over the wrap-around', () => {
    const receiver = makeReceiver();
    receiver.state.random = 0.999999;
    const video = receiver.stream(1, 102);
    for (let picture = 0; picture < 40000; picture += 1) video.send(payloads(1, 2), picture * 3600);
    const numbers = receiver.parsed().map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers[0]).toBe(0x7fff);
    expect(numbers.every((number, index) => number === ((0x7fff + index) & 0xffff))).toBe(true);
  });

  it('starts in the lower half of the numbers, at a random timestamp', () => {
    const receiver = makeReceiver();
    receiver.state.random = 0.75;
    receiver.stream(1, 102).send(payloads(1), 0);
    expect(receiver.parsed()[0]).toMatchObject({
      sequenceNumber: 0x6000,
      timestamp: 0xc0000000,
    });
  });

  it('takes timestamps modulo 2^32', () => {
    const receiver = makeReceiver();
    const video = receiver.stream(1, 102);
    video.send(payloads(1), 0x7fffffff);
    video.send(payloads(1), 0x80000000);
    video.send(payloads(1), 2 ** 40 + 5);
    expect(receiver.parsed().map(({ timestamp }) => timestamp)).toEqual([
      0xffffffff, 0, 0x80000005,
    ]);
  });

  it('draws transport-wide numbers from the counter it shares, over its wrap-around', () => {
    const receiver = makeReceiver();
    const video = receiver.stream(1, 102);
    const audio = receiver.stream(2, 111);
    video.send(payloads(1, 2), 0);
    audio.sendPacket(Buffer.alloc(3), 0, false);
    video.send(payloads(4), 1);
    const seen = receiver.parsed();
    expect(seen.map((packet) => packet.transportSequenceNumber)).toEqual([0xfffe, 0xffff, 0, 1]);
    expect(seen.map(({ ssrc }) => ssrc)).toEqual([1, 1, 2, 1]);
    expect(seen.map(({ payloadType }) => payloadType)).toEqual([102, 102, 111, 102]);
  });

  it('counts transport-wide numbers in 16 bits', () => {
    const sequence = new TransportSequence(1, 0xffff);
    expect([sequence.next(), sequence.next(), sequence.next()]).toEqual([0xffff, 0, 1]);
    expect(new TransportSequence(null).next()).toBeNull();
  });

  it('has no header extension where it was not negotiated', () => {
    const receiver = makeReceiver(null);
    receiver.stream(1, 102).send(payloads(5), 0);
    expect(receiver.packets[0]).toHaveLength(12 + 5);
  });

  it('goes on with the same numbers when the payload type changes', () => {
    const receiver = makeReceiver();
    const video = receiver.stream(1, 102);
    video.send(payloads(1), 0);
    video.payloadType = 96;
    video.send(payloads(1), 3600);
    const [h264, vp8] = receiver.parsed();
    expect([h264!.payloadType, vp8!.payloadType]).toEqual([102, 96]);
    expect(vp8!.sequenceNumber).toBe(h264!.sequenceNumber + 1);
    expect(vp8!.timestamp).toBe(h264!.timestamp + 3600);
  });

  it('counts packets and payload octets for its sender report', () => {
    const receiver = makeReceiver();
    const video = receiver.stream(77, 102);
    video.send(payloads(10, 20), 0);
    video.sendPacket(Buffer.alloc(3), 0, true);
    expect(video.senderInfo(90000)).toEqual({
      ssrc: 77,
      rtpTimestamp: 0x80000000 + 90000,
      packetCount: 3,
      octetCount: 33,
    });
  });

  it('caches by reference what it sent', () => {
    const receiver = makeReceiver();
    const cache = new PacketCache();
    const shared = payloads(9);
    receiver.stream(5, 102, cache).send(shared, 100);
    const packet = cache.get(receiver.parsed()[0]!.sequenceNumber);
    expect(packet).toMatchObject({ ...receiver.parsed()[0], sentAtMs: 1000 });
    expect(packet!.payload).toBe(shared[0]);
  });

  it('uses no sequence number for a payload that is too large to send', () => {
    const receiver = makeReceiver();
    const video = receiver.stream(1, 102, new PacketCache());
    video.send(payloads(1), 0);
    expect(() => video.sendPacket(Buffer.alloc(1481), 1, true)).toThrow(RangeError);
    video.send(payloads(1), 2);
    const [before, after] = receiver.parsed();
    expect(after!.sequenceNumber).toBe(before!.sequenceNumber + 1);
    expect(video.packetCount).toBe(2);
  });

  it('refuses identities that do not fit their fields', () => {
    const { wire } = makeReceiver();
    expect(() => new RtpStream({ ...wire, ssrc: 2 ** 32, payloadType: 1 })).toThrow(/ssrc/);
    expect(() => new RtpStream({ ...wire, ssrc: 1, payloadType: 128 })).toThrow(/payloadType/);
    const stream = new RtpStream({ ...wire, ssrc: 1, payloadType: 127 });
    expect(() => (stream.payloadType = -1)).toThrow(/payloadType/);
    expect(stream.payloadType).toBe(127);
    expect(() => new TransportSequence(15)).toThrow(/extensionId/);
    expect(() => new TransportSequence(0)).toThrow(/extensionId/);
  });
});
