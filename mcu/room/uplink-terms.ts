import type { KindOfVideo, VideoDemand } from './uplink-size.ts';
import { demandWithin } from './uplink-size.ts';

/** How much room there is from a participant to the server, narrowest first. */
export const uplinkWidths = ['narrowest', 'narrow', 'slim', 'reduced', 'wide'] as const;
/** How much room there is from a participant to the server. */
export type UplinkWidth = (typeof uplinkWidths)[number];

/** What a participant with so much room is asked for at most. */
export interface UplinkTerms {
  /** Their sound. Frames of another length are a new negotiation. */
  readonly audio: {
    /** Milliseconds of an Opus frame. */
    readonly ptime: number;
    /** Bits a second. */
    readonly bitrate: number;
    /** Whether silence may be left out (DTX, RFC 7587 §3.1.3). */
    readonly dtx: boolean;
  };
  /** Their picture: bits and pictures a second. */
  readonly video: { readonly bitrate: number; readonly fps: number };
  /** What all of it takes, with the headers of all packets, in bits a second. */
  readonly wireBitsPerSecond: number;
}

/**
 * Where there is room, frames of 10 ms instead of 20: sound is sent 10 ms earlier, and libwebrtc's jitter buffer, which
 * counts in packets, holds 20 ms less; the picture, which is held back to match the sound, comes that much earlier too. It
 * costs 50 packets a second, 23 kbit/s. Long frames save the headers of as many packets: at 60 ms sound takes 25 kbit/s in
 * all, at 10 ms 83.
 *
 * Bitrates of a picture are the most that may be sent; how much of it there is room for is for the browser's congestion
 * control to find out.
 */
const terms: Readonly<Record<UplinkWidth, UplinkTerms>> = {
  // With feedback and checks, 9 kbit/s, this fits a line of 64 kbit/s.
  narrowest: {
    audio: { ptime: 60, bitrate: 14_000, dtx: true },
    video: { bitrate: 15_000, fps: 4 },
    wireBitsPerSecond: 40_000,
  },
  narrow: {
    audio: { ptime: 60, bitrate: 16_000, dtx: true },
    video: { bitrate: 50_000, fps: 8 },
    wireBitsPerSecond: 80_000,
  },
  slim: {
    audio: { ptime: 40, bitrate: 24_000, dtx: true },
    video: { bitrate: 120_000, fps: 12 },
    wireBitsPerSecond: 170_000,
  },
  reduced: {
    audio: { ptime: 20, bitrate: 32_000, dtx: false },
    video: { bitrate: 320_000, fps: 20 },
    wireBitsPerSecond: 400_000,
  },
  wide: {
    audio: { ptime: 10, bitrate: 32_000, dtx: false },
    video: { bitrate: Number.POSITIVE_INFINITY, fps: Number.POSITIVE_INFINITY },
    wireBitsPerSecond: Number.POSITIVE_INFINITY,
  },
};

/** What a participant with so much room is asked for at most. */
export function uplinkTerms(width: UplinkWidth): UplinkTerms {
  return terms[width];
}

/** Around each RTP payload: IPv4 20, UDP 8, RTP 12, extensions 8, SRTP tag 16 bytes. */
const headerBits = 8 * 64;
/** Bits of payload in a full packet. */
const payloadBits = 8 * 1150;

/** What sound of that width and a picture take in all, headers included, in bits a second. */
export function uplinkNeed(
  width: UplinkWidth,
  { fps, bitrate }: Pick<VideoDemand, 'fps' | 'bitrate'>,
): number {
  const { audio } = terms[width];
  const packets = 1000 / audio.ptime + bitrate / payloadBits + fps / 2;
  return audio.bitrate + bitrate + packets * headerBits;
}

/** What is asked of somebody: what is wanted, as far as there is room for it. */
export function demandOn(width: UplinkWidth, wanted: VideoDemand, kind: KindOfVideo): VideoDemand {
  return demandWithin(wanted, terms[width].video, kind);
}
