import type { PacketCache } from '../../../mcu/rtp/packet-cache.ts';
import { parseRtpPacket, type RtpPacketFields } from '../../../mcu/rtp/index.ts';
import { RtpStream } from '../../../mcu/rtp/rtp-stream.ts';
import { TransportSequence } from '../../../mcu/rtp/transport-sequence.ts';

/** A receiver at the end of a perfect wire, with a clock and a random source set by hand. */
export function makeReceiver(extensionId: number | null = 3) {
  const packets: Buffer[] = [];
  const state = { nowMs: 1000, random: 0.5 };
  const wire = {
    transportSequence: new TransportSequence(extensionId, 0xfffe),
    transmit: (packet: Buffer): void => void packets.push(Buffer.from(packet)),
    now: (): number => state.nowMs,
    random: (): number => state.random,
  };
  return {
    packets,
    state,
    wire,
    stream: (ssrc: number, payloadType: number, cache?: PacketCache): RtpStream =>
      new RtpStream({ ...wire, ssrc, payloadType, ...(cache === undefined ? {} : { cache }) }),
    parsed: (): RtpPacketFields[] =>
      packets.map((packet) => {
        const fields = parseRtpPacket(packet, extensionId);
        if (fields === null) throw new Error('not an RTP packet');
        return fields;
      }),
  };
}
