/** Seconds from 1900-01-01 (NTP) to 1970-01-01 (Unix), RFC 5905 figure 4. */
const unixEpochNtpSeconds = 2_208_988_800;

/** A 64-bit NTP timestamp (RFC 3550 §4): seconds since 1900 modulo 2^32, and 2^-32 seconds. */
export interface NtpTime {
  /** 32 bits; wraps in 2036. */
  readonly seconds: number;
  /** 32 bits, in units of 2^-32 s. */
  readonly fraction: number;
}

/**
 * Converts Unix time to NTP time.
 *
 * @param unixMs - Milliseconds since 1970, fractions welcome.
 * @returns The NTP timestamp, exact to the precision of `unixMs` (about 0.2 µs today).
 */
export function unixMsToNtp(unixMs: number): NtpTime {
  const unixSeconds = Math.floor(unixMs / 1000);
  return {
    seconds: (unixSeconds + unixEpochNtpSeconds) >>> 0,
    fraction: Math.floor(((unixMs - unixSeconds * 1000) / 1000) * 2 ** 32) >>> 0,
  };
}

/**
 * Converts NTP time to Unix time.
 *
 * @param ntp - An NTP timestamp; the era from 1968 to 2104 is assumed (RFC 4330 §3).
 * @returns Milliseconds since 1970.
 */
export function ntpToUnixMs(ntp: NtpTime): number {
  const era = ntp.seconds < 0x80000000 ? 2 ** 32 : 0;
  return (ntp.seconds + era - unixEpochNtpSeconds) * 1000 + (ntp.fraction / 2 ** 32) * 1000;
}

/**
 * The middle 32 bits of an NTP timestamp, as in LSR (RFC 3550 §4).
 *
 * @param ntp - An NTP timestamp.
 * @returns 32 bits, in units of 2^-16 s; wraps every 18 hours.
 */
export function compactNtp(ntp: NtpTime): number {
  return ((ntp.seconds << 16) | (ntp.fraction >>> 16)) >>> 0;
}

/**
 * The media time of a moment of the room: what both the packets sent for that moment and a sender
 * report made at that moment carry, so that audio and video share one clock.
 *
 * @param roomMs - Milliseconds of the room's monotonic clock.
 * @param clockRate - Units per second: 90000 for video, 48000 for Opus.
 * @returns An integer in units of the clock rate.
 */
export function mediaTime(roomMs: number, clockRate: number): number {
  return Math.round((roomMs * clockRate) / 1000);
}

/**
 * Maps a room's monotonic time to NTP. The wall clock is read once: if it is set while the room
 * lives, sender reports go on without a jump and lips keep matching.
 */
export class NtpClock {
  readonly #offsetMs: number;

  /**
   * @param roomMs - The room's monotonic time now, in milliseconds.
   * @param unixMs - The wall clock now, in milliseconds since 1970.
   */
  constructor(roomMs: number, unixMs: number) {
    this.#offsetMs = unixMs - roomMs;
  }

  /**
   * Converts a moment of the room.
   *
   * @param roomMs - Milliseconds of the room's monotonic clock.
   * @returns Its NTP timestamp.
   */
  at(roomMs: number): NtpTime {
    return unixMsToNtp(roomMs + this.#offsetMs);
  }
}
