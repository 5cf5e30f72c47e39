import { describe, expect, it } from 'vitest';
import { countsOf, UplinkWatch } from '../../../mcu/room/uplink-watch.ts';

const asked = { askedFps: 25, askedBitsPerSecond: 500_000 };
const reports = (packets: number, lost: number, bytes: number, frames: number) => [
  { type: 'candidate-pair', requestsReceived: 4 },
  {
    type: 'inbound-rtp',
    kind: 'audio',
    packetsReceived: 100,
    packetsLost: 0,
    bytesReceived: 1000,
    jitter: 0.012,
  },
  {
    type: 'inbound-rtp',
    kind: 'video',
    packetsReceived: packets,
    packetsLost: lost,
    bytesReceived: bytes,
    headerBytesReceived: packets * 20,
    framesReceived: frames,
  },
  { type: 'codec' },
];

describe('what an uplink receives', () => {
  it('is counted over all media', () => {
    expect(countsOf(reports(50, 3, 40_000, 20))).toEqual({
      packets: 150,
      lost: 3,
      bytes: 1000 + 40_000 + 1000,
      checks: 4,
      frames: 20,
      jitterMs: 12,
    });
    expect(countsOf([])).toMatchObject({ packets: 0, frames: null, jitterMs: null });
  });

  it('is compared with the look before, and not over a new beginning', () => {
    const watch = new UplinkWatch();
    expect(watch.isDue(0)).toBe(true);
    expect(watch.look(countsOf(reports(0, 0, 0, 0)), asked, 1000)).toBeNull();
    expect(watch.isDue(1500)).toBe(false);
    const seen = watch.look(countsOf(reports(90, 10, 48_200, 30)), asked, 3000);
    expect(seen).toEqual({
      ...asked,
      bitsPerSecond: 200_000,
      lossFraction: 0.1,
      fps: 15,
      jitterMs: 12,
    });
    expect(watch.look(countsOf(reports(10, 0, 5000, 3)), asked, 4000)).toBeNull();
    watch.restart();
    expect(watch.look(countsOf(reports(20, 0, 9000, 9)), asked, 5000)).toBeNull();
  });
});
