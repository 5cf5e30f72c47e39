const sps = 7;
const idr = 5;
const stapA = 24;
const fuA = 28;

const begins = (type: number): boolean => type === sps || type === idr;

/** Whether an H.264 payload begins a keyframe: a parameter set or an IDR slice is first in it (RFC 6184 §5.2). */
export function beginsH264Keyframe(payload: Buffer): boolean {
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === stapA) return begins((payload[3] ?? 0) & 0x1f);
  if (type !== fuA) return begins(type);
  const header = payload[1] ?? 0;
  return (header & 0x80) !== 0 && begins(header & 0x1f);
}

/** Whether a VP8 payload begins a keyframe (RFC 7741 §4.2, §4.3). */
export function beginsVp8Keyframe(payload: Buffer): boolean {
  const first = payload[0] ?? 0;
  // S, and partition 0.
  if ((first & 0x10) === 0 || (first & 0x07) !== 0) return false;
  let at = 1;
  if ((first & 0x80) !== 0) {
    const extension = payload[1] ?? 0;
    at = 2;
    if ((extension & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) === 0 ? 1 : 2;
    if ((extension & 0x40) !== 0) at += 1;
    if ((extension & 0x30) !== 0) at += 1;
  }
  const header = payload[at];
  return header !== undefined && (header & 1) === 0;
}
