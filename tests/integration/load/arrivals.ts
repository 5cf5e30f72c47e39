import { beginsH264Keyframe } from '../../../mcu/load/keyframe.ts';
import type { ParticipantHooks } from '../../../mcu/load/participant-options.ts';
import { parseRtpPacket, type RtpPacketFields } from '../../../mcu/rtp/index.ts';

/** What has come to a participant so far, and pictures sent. */
export interface Arrivals {
  frames: number;
  keyframes: number;
  sounds: number;
  /** The largest packet of sound, its payload in bytes. */
  loudest: number;
  sent: number;
}

/** Watches participants, by number. */
export function watch(): { all: Arrivals[]; hooks: (index: number) => ParticipantHooks } {
  const all: Arrivals[] = [];
  const hooks = (index: number): ParticipantHooks => {
    const seen = { frames: 0, keyframes: 0, sounds: 0, loudest: 0, sent: 0 };
    all[index] = seen;
    return {
      frame: ({ keyframe }) => {
        seen.frames += 1;
        if (keyframe) seen.keyframes += 1;
      },
      packet: (kind, packet) => {
        const rtp = kind === 'audio' ? parseRtpPacket(packet, null) : null;
        if (rtp === null) return;
        seen.sounds += 1;
        seen.loudest = Math.max(seen.loudest, rtp.payload.length);
      },
      sent: () => (seen.sent += 1),
    };
  };
  return { all, hooks };
}

/** The packets of an H.264 stream since its last keyframe, those in their place that were lost and came again. */
export class Stream {
  readonly #packets = new Map<number, RtpPacketFields>();
  #ssrc: number | undefined;
  /** Where the keyframe begins. */
  #first: number | undefined;

  /** Takes one as it came. */
  add(packet: Buffer): void {
    const rtp = parseRtpPacket(packet, null);
    // Less is a probe.
    if (rtp === null || rtp.payload.length <= 2) return;
    this.#ssrc ??= rtp.ssrc;
    // What comes again has its number ahead of it (RFC 4588, section 4).
    const isResent = rtp.ssrc !== this.#ssrc;
    const sequenceNumber = isResent ? rtp.payload.readUInt16BE(0) : rtp.sequenceNumber;
    const payload = Buffer.from(rtp.payload.subarray(isResent ? 2 : 0));
    if (distance(this.#first ?? sequenceNumber, sequenceNumber) < 0) return;
    // Parameter sets: alone, or with other units.
    if (beginsH264Keyframe(payload) && [7, 24].includes(payload[0]! & 0x1f)) {
      this.#first = sequenceNumber;
      for (const before of this.#packets.keys()) {
        if (distance(sequenceNumber, before) < 0) this.#packets.delete(before);
      }
    }
    this.#packets.set(sequenceNumber, { ...rtp, sequenceNumber, payload });
  }

  /** Those of whole pictures, in order; none while something is missing. */
  get pictures(): RtpPacketFields[] {
    const first = this.#first ?? 0;
    const ordered = [...this.#packets.values()].sort((a, b) =>
      distance(b.sequenceNumber, a.sequenceNumber),
    );
    const isWhole = ordered.every(
      ({ sequenceNumber }, index) => distance(first, sequenceNumber) === index,
    );
    return isWhole ? ordered.slice(0, ordered.findLastIndex(({ marker }) => marker) + 1) : [];
  }
}

/** From one sequence number to another. */
const distance = (from: number, to: number): number => ((to - from) << 16) >> 16;
