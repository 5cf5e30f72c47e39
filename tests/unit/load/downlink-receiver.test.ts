import { describe, expect, it } from 'vitest';
import { type DownlinkFormat, DownlinkReceiver } from '../../../mcu/load/downlink-receiver.ts';
import {
  buildSenderReport,
  NtpClock,
  PacketCache,
  parseRtcp,
  Retransmitter,
  type RtcpPacket,
  RtpStream,
  TransportSequence,
} from '../../../mcu/rtp/index.ts';

const format: DownlinkFormat = {
  codec: 'h264',
  videoSsrc: 1,
  rtxSsrc: 2,
  audioSsrc: 3,
  transportSequence: 3,
};
const sps = Buffer.from([0x67, 1, 2, 3]);
const slice = Buffer.from([0x41, 1, 2, 3]);

/** A server's sender and our receiver on a clock set by hand, with a wire that loses what it is told to. */
function wire() {
  const state = { nowMs: 0, lose: (_packet: Buffer): boolean => false };
  const rtcp: RtcpPacket[] = [];
  const frames: { keyframe: boolean }[] = [];
  const receiver = new DownlinkReceiver(format, {
    cname: 'listener',
    random: () => 0,
    frame: ({ keyframe }) => frames.push({ keyframe }),
    transmit: (packet) => {
      for (const each of parseRtcp(packet)) {
        rtcp.push(each);
        if (each.type === 'nack') retransmitter.answer(each.sequenceNumbers, 1);
      }
    },
  });
  const transmit = (packet: Buffer): void => {
    if (!state.lose(packet)) receiver.receive(Buffer.from(packet), state.nowMs);
  };
  const common = {
    transportSequence: new TransportSequence(3),
    now: () => state.nowMs,
    random: () => 0.999,
    transmit,
  };
  const cache = new PacketCache();
  const video = new RtpStream({ ...common, ssrc: 1, payloadType: 102, cache });
  const audio = new RtpStream({ ...common, ssrc: 3, payloadType: 111 });
  const retransmitter = new Retransmitter({
    ...common,
    cache,
    rtx: { ssrc: 2, payloadTypes: new Map([[102, 103]]) },
  });
  /** 40 ms with one picture of `packets` packets. */
  const picture = (payload: Buffer, packets: number): void => {
    video.send(
      Array.from({ length: packets }, (_, i) => (i === 0 ? payload : slice)),
      state.nowMs * 90,
    );
    for (let turn = 0; turn < 8; turn += 1) {
      state.nowMs += 5;
      receiver.tick(state.nowMs);
    }
  };
  const ofType = <Type extends RtcpPacket['type']>(type: Type) =>
    rtcp.filter((packet): packet is Extract<RtcpPacket, { type: Type }> => packet.type === type);
  return { state, receiver, video, audio, picture, frames, ofType, transmit };
}

describe('a downlink that is counted', () => {
  it('sees every picture, and reports like a browser', () => {
    const { state, receiver, audio, picture, frames, ofType, transmit } = wire();
    const ntp = new NtpClock(0, Date.UTC(2026, 0, 1));
    for (let index = 0; index < 100; index += 1) {
      audio.sendPacket(Buffer.alloc(30), state.nowMs * 48, false);
      picture(index === 0 ? sps : slice, 4);
      if (index === 10) {
        transmit(
          buildSenderReport(
            { ssrc: 1, rtpTimestamp: 0, packetCount: 0, octetCount: 0 },
            ntp.at(state.nowMs),
            'server',
          ),
        );
      }
    }
    expect(frames).toHaveLength(100);
    expect(frames.filter(({ keyframe }) => keyframe)).toHaveLength(1);
    expect(receiver.counters).toMatchObject({
      ...{ videoPackets: 400, audioPackets: 100, plis: 0, nacks: 0, audioBytes: 30 },
    });
    expect([receiver.expectedPackets, receiver.receivedPackets]).toEqual([500, 500]);
    // 4 s: a feedback every 64 ms, a report every 500 (random gives 0) rounded up to feedbacks.
    const feedbacks = ofType('transport-feedback');
    expect(feedbacks.length).toBeGreaterThan(50);
    expect(feedbacks.reduce((sum, { packetCount }) => sum + packetCount, 0)).toBeGreaterThan(480);
    const reports = ofType('receiver-report');
    expect(reports.length).toBeGreaterThanOrEqual(6);
    expect(reports.at(-1)!.reports).toMatchObject([
      { ssrc: 1, fractionLost: 0, cumulativeLost: 0 },
      { ssrc: 3, fractionLost: 0, cumulativeLost: 0 },
    ]);
    expect(reports.at(-1)!.reports[0]!.lastSenderReport).not.toBe(0);
  });

  it('asks for what is lost, and misses no picture; losses are still counted', () => {
    const { state, receiver, picture, frames, ofType } = wire();
    let count = 0;
    state.lose = (packet) => packet.readUInt32BE(8) === 1 && ++count % 20 === 0;
    for (let index = 0; index < 100; index += 1) picture(index === 0 ? sps : slice, 4);
    state.lose = () => false;
    picture(slice, 1);
    expect(frames).toHaveLength(101);
    expect(receiver.counters).toMatchObject({ recoveredPackets: 20, nacks: 20, plis: 0 });
    expect(receiver.expectedPackets - receiver.receivedPackets).toBe(20);
    expect(ofType('receiver-report').at(-1)!.reports[0]!.cumulativeLost).toBeGreaterThan(10);
  });

  it('asks for a keyframe where resends are lost too', () => {
    const { state, receiver, picture, frames, ofType } = wire();
    picture(sps, 1);
    state.lose = () => true;
    picture(slice, 2);
    state.lose = (packet) => packet.readUInt32BE(8) === 2;
    for (let index = 0; index < 10; index += 1) picture(slice, 2);
    expect(frames).toHaveLength(1);
    expect(ofType('pli')).toHaveLength(1);
    expect(receiver.counters.nacks).toBeGreaterThan(2);
    for (let index = 0; index < 3; index += 1) picture(index === 0 ? sps : slice, 2);
    expect(frames).toHaveLength(4);
    expect(ofType('pli')).toHaveLength(1);
  });

  it('takes no resend and no probe for a picture', () => {
    const { receiver, picture, video, frames } = wire();
    picture(sps, 1);
    const probe = Buffer.from([0x80, 103, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    receiver.receive(probe, 0);
    receiver.receive(Buffer.concat([probe, Buffer.from([0, 0, 0x67, 1])]), 0);
    receiver.receive(Buffer.from([0x80]), 0);
    expect(video.packetCount).toBe(1);
    expect(frames).toHaveLength(1);
  });
});
