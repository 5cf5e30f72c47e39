import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactNtp, mediaTime, NtpClock, ntpToUnixMs, unixMsToNtp } from '../../../mcu/rtp/ntp.ts';
import './seeded.ts';

describe('NTP time', () => {
  it('has its epoch in 1900', () => {
    expect(unixMsToNtp(0)).toEqual({ seconds: 2208988800, fraction: 0 });
    // RFC 5905 figure 4: the first day of 2000 is second 3155673600 of era 0.
    expect(unixMsToNtp(Date.UTC(2000, 0, 1))).toEqual({ seconds: 3155673600, fraction: 0 });
    expect(unixMsToNtp(500.25).fraction).toBe(0.50025 * 2 ** 32 - ((0.50025 * 2 ** 32) % 1));
  });

  it('converts back to within a microsecond, past 2036 too', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: Date.UTC(2100, 0, 1), noNaN: true }), (unixMs) => {
        const ntp = unixMsToNtp(unixMs);
        expect(ntp.seconds).toBe(ntp.seconds >>> 0);
        expect(ntp.fraction).toBe(ntp.fraction >>> 0);
        expect(Math.abs(ntpToUnixMs(ntp) - unixMs)).toBeLessThan(0.001);
      }),
    );
  });

  it('has the middle 32 bits as its compact form', () => {
    expect(compactNtp({ seconds: 0x11112222, fraction: 0x33334444 })).toBe(0x22223333);
    expect(compactNtp({ seconds: 1, fraction: 0x80000000 })).toBe(0x00018000);
    expect(compactNtp({ seconds: 0xffffffff, fraction: 0xffffffff })).toBe(0xffffffff);
  });
});

describe('the clock of a room', () => {
  it('maps room time to NTP by one reading of the wall clock', () => {
    const clock = new NtpClock(5000, Date.UTC(2026, 0, 1));
    expect(ntpToUnixMs(clock.at(5000))).toBe(Date.UTC(2026, 0, 1));
    expect(ntpToUnixMs(clock.at(6500))).toBe(Date.UTC(2026, 0, 1) + 1500);
  });

  it('gives one moment to video and audio', () => {
    expect(mediaTime(40, 90000)).toBe(3600);
    expect(mediaTime(20, 48000)).toBe(960);
    expect(mediaTime(1000 / 3, 90000)).toBe(30000);
  });
});
