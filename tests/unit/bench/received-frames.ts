import { packetizeH264, packetizeVp8 } from '../../../mcu/rtp/index.ts';
import { RtpStream } from '../../../mcu/rtp/rtp-stream.ts';
import { TransportSequence } from '../../../mcu/rtp/transport-sequence.ts';
import type { ReceivedPacket } from '../../bench/mcu/received.ts';

/** So many pictures of three packets each, as a receiver gets them, and what they are, as hex. */
export function buildFrames(codec: 'h264' | 'vp8', count: number) {
  const packets: ReceivedPacket[] = [];
  const frames: string[] = [];
  const stream = new RtpStream({
    ...{ ssrc: 1, payloadType: 96, now: () => 0, random: () => 0.99999 },
    transportSequence: new TransportSequence(null),
    transmit: (packet) => {
      packets.push({ kind: 'video', packet: Buffer.from(packet), atMs: packets.length });
    },
  });
  for (let index = 0; index < count; index += 1) {
    const body = Buffer.alloc(3000, index + 1);
    const unit = codec === 'h264' ? Buffer.concat([Buffer.from([0, 0, 0, 1, 0x65]), body]) : body;
    frames.push(unit.toString('hex'));
    const { payloads } = codec === 'h264' ? packetizeH264(unit) : packetizeVp8(unit, index);
    stream.send(payloads, index * 3600);
  }
  return { packets, frames };
}
