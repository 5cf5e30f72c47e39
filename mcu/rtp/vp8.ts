import {
  assertMaxPayloadBytes,
  defaultMaxPayloadBytes,
  type PacketizedFrame,
} from './packetized-frame.ts';

/** X, I and a PictureID of two bytes (RFC 7741 §4.2). */
const descriptorWithId = 4;
/** The mandatory byte alone. */
const plainDescriptor = 1;

/**
 * Packetizes one VP8 frame (RFC 7741) into payloads of about equal size, each with a payload
 * descriptor (§4.2) of X, I and a 15-bit PictureID. Partitions are not told apart: the partition
 * index is 0 throughout and S is set on the first payload only.
 *
 * Cost: one copy of the frame, whatever the number of receivers.
 *
 * @param frame - One frame as it leaves the encoder.
 * @param pictureId - Counter of the frames of this encoder, taken modulo 2^15. It must grow by
 *   exactly one per frame (not per tick, which may be skipped): libwebrtc takes PictureID − 1 to be
 *   the reference of every delta frame and waits for it. Null: no PictureID; libwebrtc then goes by the
 *   sequence numbers, and the payloads suit any place of any stream.
 * @param maxPayloadBytes - Largest payload to make, in bytes.
 * @returns The payloads; `keyframe` from the inverse key frame bit (§4.3).
 * @throws TypeError when `maxPayloadBytes` is not an integer from 16 to 1400.
 */
export function packetizeVp8(
  frame: Buffer,
  pictureId: number | null,
  maxPayloadBytes = defaultMaxPayloadBytes,
): PacketizedFrame {
  assertMaxPayloadBytes(maxPayloadBytes);
  const [firstByte] = frame;
  if (firstByte === undefined) return { payloads: [], keyframe: false };

  const descriptorBytes = pictureId === null ? plainDescriptor : descriptorWithId;
  const size = Math.ceil(
    frame.length / Math.ceil(frame.length / (maxPayloadBytes - descriptorBytes)),
  );
  const count = Math.ceil(frame.length / size);
  const bytes = Buffer.allocUnsafe(frame.length + count * descriptorBytes);
  const payloads: Buffer[] = [];
  for (let from = 0, to = 0; from < frame.length;) {
    const until = Math.min(from + size, frame.length);
    const end = to + descriptorBytes + until - from;
    bytes.writeUInt8((from === 0 ? 0x10 : 0) | (pictureId === null ? 0 : 0x80), to);
    if (pictureId !== null) {
      bytes.writeUInt8(0x80, to + 1);
      bytes.writeUInt16BE(0x8000 | (pictureId & 0x7fff), to + 2);
    }
    frame.copy(bytes, to + descriptorBytes, from, until);
    payloads.push(bytes.subarray(to, end));
    from = until;
    to = end;
  }
  return { payloads, keyframe: (firstByte & 1) === 0 };
}
