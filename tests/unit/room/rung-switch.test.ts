import { beforeEach, describe, expect, it } from 'vitest';
import type { VideoRungName } from '../../../mixer/encode/rung-table.ts';
import type { VideoFeed, Viewer } from '../../../mcu/room/feeds.ts';
import { RungSwitch } from '../../../mcu/room/rung-switch.ts';
import {
  mediaTime,
  type PacketizedFrame,
  parseRtpPacket,
  RtpStream,
  TransportSequence,
} from '../../../mcu/rtp/index.ts';

/** A rung that shows what the test says, when it says so. */
class FakeRung {
  readonly viewers = new Set<Viewer>();
  keyframeRequests = 0;
  /** What is given at once to who comes: dates of pictures. */
  replay: number[] = [];

  show(atMs: number, payloads = 2, keyframe = false): void {
    for (const viewer of this.viewers) viewer(frame(payloads, keyframe), 0, atMs);
  }
}

const frame = (payloads: number, keyframe = false): PacketizedFrame => ({
  payloads: Array.from({ length: payloads }, () => Buffer.from([1, 2, 3])),
  keyframe,
});

describe('a change of rungs', () => {
  let rungs: Map<VideoRungName, FakeRung>;
  let shown: number[];
  let receiver: RungSwitch;
  const rung = (name: VideoRungName): FakeRung => {
    let known = rungs.get(name);
    if (known === undefined) rungs.set(name, (known = new FakeRung()));
    return known;
  };
  const feed: VideoFeed = {
    watch(name, _codec, viewer) {
      const watched = rung(name);
      watched.viewers.add(viewer);
      watched.replay.forEach((atMs, index) => {
        viewer(frame(1, index === 0), 0, atMs);
      });
      return {
        get viewers() {
          return watched.viewers.size;
        },
        requestKeyframe: () => (watched.keyframeRequests += 1),
        close: () => watched.viewers.delete(viewer),
      };
    },
  };
  const watched = (): string[] =>
    [...rungs].filter(([, { viewers }]) => viewers.size > 0).map(([name]) => name);

  beforeEach(() => {
    rungs = new Map();
    shown = [];
    receiver = new RungSwitch(feed, 'h264', (_frame, _tick, atMs) => shown.push(atMs));
  });

  it('knows whether others watch the same', () => {
    receiver.switchTo('high');
    expect(receiver.isShared).toBe(false);
    rung('high').show(0, 1, true);
    expect(receiver.isShared).toBe(false);
    rung('high').viewers.add(() => undefined);
    expect(receiver.isShared).toBe(true);
  });

  it('plays the old one until the keyframe of the new one, and only that from then on', () => {
    receiver.switchTo('high');
    rung('high').show(0);
    rung('high').show(40);
    receiver.switchTo('low');
    expect(watched()).toEqual(['high', 'low']);
    rung('high').show(80);
    rung('high').show(120);
    expect(shown).toEqual([0, 40, 80, 120]);
    rung('low').show(160, 1, true);
    expect(watched()).toEqual(['low']);
    rung('high').show(160);
    rung('low').show(240);
    expect(shown).toEqual([0, 40, 80, 120, 160, 240]);
  });

  it('keeps one SSRC, contiguous sequence numbers and increasing timestamps', () => {
    const packets: { ssrc: number; sequenceNumber: number; timestamp: number; marker: boolean }[] =
      [];
    const stream = new RtpStream({
      ssrc: 7,
      payloadType: 102,
      transportSequence: new TransportSequence(3),
      transmit: (packet) => {
        const { ssrc, sequenceNumber, timestamp, marker } = parseRtpPacket(packet, 3)!;
        packets.push({ ssrc, sequenceNumber, timestamp, marker });
      },
      now: () => 0,
      random: () => 0.25,
    });
    receiver = new RungSwitch(feed, 'h264', ({ payloads }, _tick, atMs) => {
      stream.send(payloads, mediaTime(atMs, 90_000));
    });
    receiver.switchTo('high');
    for (let tick = 0; tick < 50; tick++) {
      rung('high').show(tick * 40, 5);
      if (tick % 2 === 0) rung('low').show(tick * 40, 1);
      if (tick === 20) receiver.switchTo('low');
      if (tick === 30) {
        // The last second of the other, of which this receiver has seen everything in its own way.
        rung('high').replay = Array.from({ length: 26 }, (_, index) => 1200 - 25 + index);
        receiver.switchTo('high');
      }
      if (tick === 40) receiver.switchTo(null);
      if (tick === 45) receiver.switchTo('low');
    }
    const pictures = new Set(packets.map(({ timestamp }) => timestamp));
    expect(pictures.size).toBe(packets.filter(({ marker }) => marker).length);
    packets.forEach((packet, index) => {
      const before = packets[index - 1];
      if (before === undefined) return;
      expect(packet.ssrc).toBe(7);
      expect(packet.sequenceNumber).toBe((before.sequenceNumber + 1) & 0xffff);
      const step = (packet.timestamp - before.timestamp) | 0;
      if (before.marker) expect(step).toBeGreaterThan(0);
      else expect(step).toBe(0);
    });
    // High up to tick 22, low from there to 30, the replay, high to 40, and low at 46 and 48.
    expect(pictures.size).toBe(23 + 5 + 26 + 10 + 2);
    const replayed = packets.filter(({ marker }) => marker).slice(28, 54);
    expect((replayed[25]!.timestamp - replayed[0]!.timestamp) >>> 0).toBeLessThan(40 * 90);
  });

  it('shows a replayed picture later than what was shown', () => {
    receiver.switchTo('high');
    rung('high').show(1000);
    rung('low').replay = [997, 998, 999];
    receiver.switchTo('low');
    expect(watched()).toEqual(['low']);
    rung('low').show(1080);
    expect(shown).toEqual([1000, 1000.5, 1001, 1001.5, 1080]);
  });

  it('goes on with the old one when it is asked for again meanwhile', () => {
    receiver.switchTo('high');
    rung('high').show(0);
    receiver.switchTo('low');
    receiver.switchTo('high');
    expect(watched()).toEqual(['high']);
    rung('low').show(40);
    rung('high').show(40);
    expect(shown).toEqual([0, 40]);
  });

  it('forgets one that never came when a third is asked for, and asks once for each', () => {
    receiver.switchTo('high');
    rung('high').show(0);
    receiver.switchTo('low');
    receiver.switchTo('medium');
    receiver.switchTo('medium');
    expect(watched()).toEqual(['high', 'medium']);
    expect(rung('medium').viewers.size).toBe(1);
    rung('medium').show(40);
    expect(watched()).toEqual(['medium']);
  });

  it('to none stops everything at once', () => {
    receiver.switchTo('high');
    rung('high').show(0);
    receiver.switchTo('low');
    receiver.switchTo(null);
    expect(watched()).toEqual([]);
    receiver.requestKeyframe();
    receiver.close();
    receiver.switchTo('tiny');
    rung('tiny').show(5000);
    expect(shown).toEqual([0, 5000]);
  });

  it('asks for keyframes of what is played', () => {
    receiver.switchTo('high');
    rung('high').show(0);
    receiver.switchTo('low');
    receiver.requestKeyframe();
    expect([rung('high').keyframeRequests, rung('low').keyframeRequests]).toEqual([1, 0]);
  });
});
