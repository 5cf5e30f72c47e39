import fc from 'fast-check';
import pino from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { DownlinkSender } from '../../../mcu/room/downlink-sender.ts';
import { offersOf } from '../../../mcu/room/quality.ts';
import { RungController } from '../../../mcu/room/rung-controller.ts';
import { RoomMetrics } from '../../../mcu/room-metrics.ts';
import { NtpClock, packetizeH264, parseRtcp, parseRtpPacket } from '../../../mcu/rtp/index.ts';
import { hostileRtcp, hostileRtp } from '../../harness/hostile/packets.ts';
import { again, runs } from '../../harness/hostile/seed.ts';

const ssrcs = [1000, 1001, 1002];
const canvas = { width: 1280, height: 720 };

/** A sender that has pictures and sound to send, and a receiver who says what he likes. */
function openSender() {
  let nowMs = 0;
  let sentBytes = 0;
  const timers: { atMs: number; what: () => void }[] = [];
  const controller = new RungController(
    offersOf({ canvas, fps: 25, rungs: ['high', 'medium', 'low', 'tiny'] }),
    'auto',
  );
  const viewers = new Set<(tick: number) => void>();
  const unit = (type: number, bytes: number) =>
    packetizeH264(Buffer.concat([Buffer.from([0, 0, 0, 1, type]), Buffer.alloc(bytes, 7)]));
  const keyframe = unit(0x65, 8000);
  const picture = unit(0x41, 3000);
  const transmit = (packet: Buffer): void => {
    sentBytes += packet.length;
  };
  const sender = new DownlinkSender(
    { cname: 'x', videoSsrc: 1000, videoRtxSsrc: 1001, audioSsrc: 1002, profileLevelId: '42e01f' },
    { codec: 'h264', rtx: true, audio: true, red: true, transportSequence: true },
    controller,
    {
      log: { lines: pino({ level: 'silent' }) },
      metrics: new RoomMetrics(),
      settings: { canvas, fps: 25 },
      now: () => nowMs,
      after: (ms, what) => {
        const timer = { atMs: nowMs + Math.max(1, ms), what };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
      ntp: new NtpClock(0, 0),
      video: {
        watch: (_rung, _codec, viewer) => {
          const show = (tick: number): void => {
            viewer(tick % 50 === 1 ? keyframe : picture, tick, nowMs);
          };
          viewers.add(show);
          return {
            viewers: 1,
            requestKeyframe: () => undefined,
            close: () => void viewers.delete(show),
          };
        },
      },
      audio: { listen: () => ({ setFormat: () => undefined, close: () => undefined }) },
      profileLevelId: '42e01f',
      onFirstPacket: () => undefined,
      onQuality: () => undefined,
      transmit: { video: transmit, audio: transmit },
    },
  );
  let tick = 0;
  return {
    sender,
    controller,
    get sentBytes() {
      return sentBytes;
    },
    /** 40 ms go by. */
    go(): void {
      nowMs += 40;
      tick += 1;
      for (const show of viewers) show(tick);
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.what();
      }
      sender.tick();
    },
  };
}

describe('packets that no browser sends', () => {
  const counts = { rtcp: 0, understood: 0, rtp: 0, read: 0, told: 0 };
  afterAll(() => {
    console.log(again('packets'), JSON.stringify(counts));
    expect(counts.understood).toBeGreaterThan(counts.rtcp * 0.3);
    expect(counts.read).toBeGreaterThan(counts.rtp * 0.3);
  });

  it('are left out, or read within their length: RTCP', () => {
    fc.assert(
      fc.property(hostileRtcp({ ssrcs }), (compound) => {
        counts.rtcp += 1;
        const packets = parseRtcp(compound);
        counts.understood += packets.length > 0 ? 1 : 0;
        for (const packet of packets) {
          if (packet.type === 'nack') {
            expect(packet.sequenceNumbers.length).toBeLessThanOrEqual((17 * compound.length) / 4);
          } else if (packet.type === 'transport-feedback') {
            expect(packet.packetCount).toBeLessThanOrEqual(2048);
          }
        }
      }),
      runs(5000),
    );
  });

  it('are left out, or read within their length: RTP', () => {
    fc.assert(
      fc.property(hostileRtp({ ssrcs }), fc.constantFrom(null, 1, 3, 14), (packet, extension) => {
        counts.rtp += 1;
        const read = parseRtpPacket(packet, extension);
        if (read === null) return;
        counts.read += 1;
        expect(read.payload.length).toBeLessThanOrEqual(packet.length - 12);
      }),
      runs(2000),
    );
  });

  it('neither stop a sender nor have it send without end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(hostileRtcp({ ssrcs }), { maxLength: 6, size: 'max' }), {
          minLength: 5,
          maxLength: 60,
          size: 'max',
        }),
        (ticks) => {
          const call = openSender();
          const { sender, controller } = call;
          for (const compounds of ticks) {
            call.go();
            for (const compound of compounds) {
              counts.told += 1;
              sender.receive(compound);
            }
          }
          const { bitsPerSecond, lossFraction, queueMs } = sender.link;
          for (const figure of [bitsPerSecond, lossFraction, queueMs]) {
            expect(Number.isFinite(figure)).toBe(true);
            expect(figure).toBeGreaterThanOrEqual(0);
          }
          expect(controller.capacity).toBeGreaterThan(0);
          // Pictures are 0.6 Mbit/s here: resends and probes are more, but not hundreds of times as much.
          const seconds = (ticks.length + 25) * 0.04;
          expect(call.sentBytes / seconds).toBeLessThan(1.5e6);
          sender.close();
        },
      ),
      runs(60),
    );
    expect(counts.told).toBeGreaterThan(2000);
  });
});
