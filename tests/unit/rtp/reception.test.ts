import { expect, it } from 'vitest';
import { NtpClock } from '../../../mcu/rtp/ntp.ts';
import { StreamReception } from '../../../mcu/rtp/reception.ts';
import { roundTripMs } from '../../../mcu/rtp/rtcp.ts';

it('counts losses since the last report and in all, over a wrap-around', () => {
  const stream = new StreamReception(7, 90_000);
  expect(stream.block(0)).toBeNull();
  for (const number of [0xfffe, 0xffff, 1, 2]) stream.add(number, 0, 0);
  expect(stream.block(0)).toMatchObject({
    ssrc: 7,
    fractionLost: 0.2,
    cumulativeLost: 1,
    highestSequenceNumber: 0x10002,
  });
  for (const number of [3, 4, 5, 6]) stream.add(number, 0, 0);
  expect(stream.block(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 1 });
  // The lost one turns up, late.
  stream.add(0, 0, 0);
  expect(stream.block(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
});

it('knows no jitter where packets come as regularly as they were sent, and the size of it elsewhere', () => {
  const even = new StreamReception(7, 48_000);
  const uneven = new StreamReception(7, 48_000);
  for (let index = 0; index < 400; index += 1) {
    even.add(index, index * 960, index * 20);
    uneven.add(index, index * 960, index * 20 + (index % 2) * 5);
  }
  expect(even.block(0)!.jitter).toBe(0);
  // 5 ms, in samples.
  expect(uneven.block(0)!.jitter).toBeGreaterThan(230);
  expect(uneven.block(0)!.jitter).toBeLessThanOrEqual(240);
});

it('lets the sender find out the round trip', () => {
  const clock = new NtpClock(0, Date.UTC(2026, 0, 1));
  const stream = new StreamReception(7, 90_000);
  stream.add(1, 0, 0);
  expect(stream.block(10)!.lastSenderReport).toBe(0);
  // Sent at 1000, 30 ms on the way, reported on 400 ms later, 20 ms on the way back.
  stream.reported(clock.at(1000), 1030);
  const rtt = roundTripMs(stream.block(1430)!, clock.at(1450));
  expect(rtt).toBeCloseTo(50, 0);
});
