import { describe, expect, it } from 'vitest';
import type { SoundClip, VideoClip } from '../../../mcu/load/clip.ts';
import { UplinkSender } from '../../../mcu/load/uplink-sender.ts';
import {
  buildNack,
  buildPli,
  NtpClock,
  parseRtcp,
  parseRtpPacket,
  type RtpPacketFields,
} from '../../../mcu/rtp/index.ts';

/** Pictures whose payloads are named by a letter and their number; the first is the keyframe. */
const clipOf = (letter: string, fps: number, frames = 10): VideoClip => ({
  ...{ width: 640, height: 360, fps },
  frames: Array.from({ length: frames }, (_, index) => ({
    payloads: [Buffer.from(`${letter}${index}`), Buffer.from(`${letter}${index}+`)],
    keyframe: index === 0,
  })),
});
const sound: SoundClip = {
  frameMs: 20,
  packets: ['a', 'b', 'c'].map((each) => Buffer.from(each)),
};

function uplink() {
  const state = { nowMs: 1000 };
  const packets: RtpPacketFields[] = [];
  const reports: { ssrc: number; rtpTimestamp: number }[] = [];
  const transmit = (packet: Buffer): void => {
    const copy = Buffer.from(packet);
    if (copy[1]! >= 200 && copy[1]! <= 206) {
      for (const each of parseRtcp(copy)) if (each.type === 'sender-report') reports.push(each);
    } else packets.push(parseRtpPacket(copy, 3)!);
  };
  const sent: { index: number; dueMs: number }[] = [];
  const sender = new UplinkSender(
    {
      ...{ videoSsrc: 1, rtxSsrc: 2, audioSsrc: 3, transportSequence: 3, rtx: true },
      payloadTypes: { vp8: 96, rtx: 97, opus: 111 },
    },
    {
      transmit: { video: transmit, audio: transmit },
      now: () => state.nowMs,
      ntp: new NtpClock(0, Date.UTC(2026, 0, 1)),
      random: () => 0.999,
      cname: 'load',
      frame: (index, dueMs) => sent.push({ index, dueMs }),
    },
  );
  const run = (ms: number): void => {
    for (const endMs = state.nowMs + ms; state.nowMs < endMs;) {
      state.nowMs += 5;
      sender.tick(state.nowMs);
    }
  };
  const of = (ssrc: number) => packets.filter((packet) => packet.ssrc === ssrc);
  return { state, sender, packets, reports, sent, run, of };
}

describe('an uplink that plays clips', () => {
  it('sends pictures and sound at their rates, numbered without gaps, on one clock', () => {
    const { sender, run, of, packets, reports, sent } = uplink();
    sender.playVideo(clipOf('v', 25, 50));
    sender.playSound(sound);
    run(4000);
    expect(sent.length).toBeGreaterThanOrEqual(98);
    expect(sent.length).toBeLessThanOrEqual(100);
    expect(of(1)).toHaveLength(2 * sent.length);
    expect(of(3).length).toBeGreaterThanOrEqual(198);
    expect(
      of(1)
        .map(({ marker }) => marker)
        .slice(0, 4),
    ).toEqual([false, true, false, true]);
    for (const ssrc of [1, 3]) {
      const numbers = of(ssrc).map(({ sequenceNumber }) => sequenceNumber);
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0]! + index) & 0xffff));
    }
    expect(packets.map((packet) => packet.transportSequenceNumber)).toEqual(
      packets.map((_, index) => index),
    );
    const steps = new Set(
      of(1).map(
        ({ timestamp }, index, all) => (timestamp - (all[index - 1]?.timestamp ?? timestamp)) >>> 0,
      ),
    );
    expect([...steps].sort()).toEqual([0, 3600]);
    // The first round is shorter (not by much here), later ones are whole.
    expect(sent.slice(0, 49).map(({ index }) => index)).toEqual(
      Array.from({ length: 49 }, (_, i) => i),
    );
    expect(reports.filter(({ ssrc }) => ssrc === 1).length).toBeGreaterThanOrEqual(3);
    expect(reports.filter(({ ssrc }) => ssrc === 3).length).toBeGreaterThanOrEqual(3);
  });

  it('answers a keyframe request with the keyframe, and a NACK with a resend', () => {
    const { sender, run, of, sent, state } = uplink();
    sender.playVideo(clipOf('v', 25));
    run(200);
    expect(sent.at(-1)!.index).toBeGreaterThan(2);
    const before = sent.length;
    sender.receive(buildPli(9, 1));
    sender.receive(buildPli(9, 77));
    run(40);
    expect(sent[before]!.index).toBe(0);
    expect(sender.counters).toMatchObject({ plis: 1, keyframes: 2 });

    const lost = of(1)[3]!;
    sender.receive(buildNack(9, 1, [lost.sequenceNumber]));
    expect(of(2)).toHaveLength(1);
    expect(of(2)[0]!.payload.readUInt16BE(0)).toBe(lost.sequenceNumber);
    expect(of(2)[0]!.payload.subarray(2).equals(lost.payload)).toBe(true);
    expect(of(2)[0]!.payloadType).toBe(97);
    expect(state.nowMs).toBeGreaterThan(0);
  });

  it('changes clips on a keyframe, keeping numbers and time, and stops and goes on', () => {
    const { sender, run, of, sent } = uplink();
    sender.playVideo(clipOf('v', 25));
    run(400);
    sender.playVideo(clipOf('w', 10));
    const before = of(1).length;
    run(1000);
    const after = of(1).slice(before);
    expect(after[0]!.payload.toString()).toBe('w0');
    expect(after.length / 2).toBeGreaterThanOrEqual(10);
    expect(after.length / 2).toBeLessThanOrEqual(11);
    expect(after[0]!.sequenceNumber).toBe((of(1)[before - 1]!.sequenceNumber + 1) & 0xffff);
    expect((after[0]!.timestamp - of(1)[before - 1]!.timestamp) >>> 0).toBeLessThanOrEqual(
      3600 * 2,
    );

    sender.playVideo(null);
    const stopped = sent.length;
    run(1000);
    expect(sent).toHaveLength(stopped);
    sender.playVideo(clipOf('v', 25));
    run(100);
    expect(sent.length - stopped).toBeLessThanOrEqual(3);
    expect(sent[stopped]!.index).toBe(0);
  });

  it('makes up for no pictures after it was held up, and for 100 ms of sound', () => {
    const { sender, run, state, of, sent } = uplink();
    sender.playVideo(clipOf('v', 25));
    sender.playSound(sound);
    run(1000);
    const [pictures, sounds] = [sent.length, of(3).length];
    state.nowMs += 2000;
    sender.tick(state.nowMs);
    expect(sent.length - pictures).toBe(1);
    expect(of(3).length - sounds).toBeLessThanOrEqual(6);
    const numbers = of(3).map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers.at(-1)! - numbers[0]!).toBe(numbers.length - 1);
  });
});
