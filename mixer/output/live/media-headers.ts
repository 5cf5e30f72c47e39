import { words } from './boxes.ts';

// `mvhd`, `tkhd` and `mdhd` (ISO/IEC 14496-12, 8.2.2, 8.3.2, 8.4.2) all begin with two times; then comes something else, which
// in `mvhd` and `mdhd` is the units a second, then the length. Times and length have 32 bits, or 64 in version 1.

/** Longer than that a length needs 64 bits; all ones mean that nobody knows. */
const longestShort = 0xffff_fffe;

/** Of `mvhd` or `mdhd`: units a second. */
export function timescaleOf(header: Buffer): number {
  return header.readUInt32BE(header[0] === 1 ? 20 : 12);
}

/** Of `mvhd` or `mdhd`: the length in these units. */
export function durationIn(header: Buffer): number {
  return header[0] === 1 ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
}

/** With another length, which is `between` bytes behind the times. */
export function withDuration(header: Buffer, between: number, duration: number): Buffer[] {
  const isWide = header[0] === 1;
  const at = (isWide ? 20 : 12) + between;
  const rest = header.subarray(at + (isWide ? 8 : 4));
  if (!isWide && duration <= longestShort) {
    return [header.subarray(0, at), words(duration), rest];
  }
  const begin = isWide
    ? [header.subarray(0, at)]
    : [
        words(header.readUInt32BE(0) | (1 << 24), 0, header.readUInt32BE(4)),
        words(0, header.readUInt32BE(8)),
        header.subarray(12, at),
      ];
  return [...begin, words(Math.floor(duration / 2 ** 32), duration % 2 ** 32), rest];
}
