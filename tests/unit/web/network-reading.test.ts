import { describe, expect, it } from 'vitest';
import { meterNetwork } from '../../../web/lib/client/network-meter.ts';
import {
  countersOf,
  type Counters,
  type NetworkReading,
  readingOf,
} from '../../../web/lib/client/network-reading.ts';
import { FakePlatform, settle } from './fakes.ts';

const nothing: Counters = {
  at: 0,
  bytesReceived: 0,
  bytesSent: 0,
  packetsReceived: 0,
  packetsSent: 0,
  lostDown: 0,
  lostUp: 0,
  roundTripMs: null,
};

describe('what a browser has counted', () => {
  it('is that of the pair in use and of all streams', () => {
    const stats = new Map<string, Record<string, unknown>>([
      ['unused', { type: 'candidate-pair', nominated: false, bytesSent: 9999, timestamp: 9 }],
      [
        'used',
        {
          type: 'candidate-pair',
          nominated: true,
          timestamp: 5000,
          bytesReceived: 1000,
          bytesSent: 200,
          currentRoundTripTime: 0.034,
        },
      ],
      ['sound', { type: 'inbound-rtp', packetsReceived: 50, packetsLost: 1 }],
      ['picture', { type: 'inbound-rtp', packetsReceived: 150, packetsLost: 3 }],
      ['out', { type: 'outbound-rtp', packetsSent: 70 }],
      ['far', { type: 'remote-inbound-rtp', packetsLost: 7, roundTripTime: 0.2 }],
    ]);
    expect(countersOf(stats)).toEqual({
      at: 5000,
      bytesReceived: 1000,
      bytesSent: 200,
      packetsReceived: 200,
      packetsSent: 70,
      lostDown: 4,
      lostUp: 7,
      roundTripMs: 34,
    });
  });

  it('is nothing before there is a connection', () => {
    expect(countersOf(new Map([['sound', { type: 'inbound-rtp', packetsReceived: 5 }]]))).toBe(
      null,
    );
  });
});

describe('a reading', () => {
  const before = { uplink: nothing, downlink: { ...nothing, bytesReceived: 100 } };

  it('is about what happened since the one before, both ways', () => {
    const now = {
      uplink: { ...nothing, at: 2000, bytesSent: 100_000, packetsSent: 90, lostUp: 9 },
      downlink: {
        ...nothing,
        at: 2000,
        bytesReceived: 400_100,
        bytesSent: 5000,
        packetsReceived: 380,
        lostDown: 20,
        roundTripMs: 40,
      },
    };
    expect(readingOf(before, now)).toEqual({
      roundTripMs: 40,
      lossPercent: { down: 5, up: 10 },
      kbps: { down: 1600, up: 420 },
    });
  });

  it('knows nothing of a PeerConnection that was made meanwhile', () => {
    const now = { uplink: null, downlink: { ...nothing, at: 2000, bytesReceived: 50 } };
    expect(readingOf(before, now)).toEqual({
      roundTripMs: null,
      lossPercent: { down: null, up: null },
      kbps: { down: null, up: null },
    });
  });
});

it('the browser is asked about every 2 s, and not any more when nobody wants to know', async () => {
  const platform = new FakePlatform();
  const readings: NetworkReading[] = [];
  let asked = 0;
  const end = meterNetwork(
    platform,
    () => {
      asked += 1;
      const downlink = { ...nothing, at: asked * 1000, bytesReceived: asked * 125_000 };
      return Promise.resolve({ uplink: null, downlink });
    },
    (reading) => readings.push(reading),
  );
  await settle();
  await platform.pass(4600);
  expect(readings.map(({ kbps }) => kbps.down)).toEqual([null, 1000, 1000, 1000]);
  end();
  await platform.pass(10_000);
  expect(asked).toBe(4);
  expect(platform.timers).toBe(0);
});
