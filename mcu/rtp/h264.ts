import {
  assertMaxPayloadBytes,
  defaultMaxPayloadBytes,
  type PacketizedFrame,
} from './packetized-frame.ts';

/** `nal_unit_type` of a slice of an IDR picture (H.264 table 7-1). */
const idrSlice = 5;
/** `nal_unit_type` of an access unit delimiter (H.264 table 7-1). */
const accessUnitDelimiter = 9;
/** Types from here on are payload structures of RFC 6184 (table 1), not NAL units. */
const firstPayloadStructure = 24;
const stapA = 24;
const fuA = 28;

const startCode = Buffer.from([0, 0, 1]);

/**
 * Cuts an Annex B byte stream into NAL units (H.264 Annex B.1).
 *
 * Start codes of three and four bytes and trailing zero bytes are removed; bytes before the first
 * start code are ignored. A NAL unit never ends in a zero byte (H.264 §7.4.1), so none is lost.
 *
 * @param accessUnit - Annex B bytes.
 * @returns Views of `accessUnit`, none of them empty.
 */
export function splitAnnexB(accessUnit: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  let at = accessUnit.indexOf(startCode);
  while (at !== -1) {
    const start = at + startCode.length;
    at = accessUnit.indexOf(startCode, start);
    let end = at === -1 ? accessUnit.length : at;
    while (end > start && accessUnit[end - 1] === 0) end -= 1;
    if (end > start) nalUnits.push(accessUnit.subarray(start, end));
  }
  return nalUnits;
}

/**
 * Packetizes one H.264 access unit for `packetization-mode=1` (RFC 6184 §6.3): small NAL units in a
 * row share a STAP-A (§5.7.1), a fitting one is sent as it is (§5.6), a larger one becomes FU-A
 * fragments of equal size (§5.8). Access unit delimiters are dropped (the marker bit says the same),
 * and so are the types 0 and 24 to 31, which no payload can carry (table 1).
 *
 * Cost: one copy of fragmented and aggregated bytes per access unit, whatever the number of receivers.
 *
 * @param accessUnit - One access unit in Annex B format. Must be memory of its own (no view of a
 *   libav packet) that is never written to again: payloads are views of it.
 * @param maxPayloadBytes - Largest payload to make, in bytes.
 * @returns The payloads; `keyframe` when the access unit has an IDR slice.
 * @throws TypeError when `maxPayloadBytes` is not an integer from 16 to 1400.
 */
export function packetizeH264(
  accessUnit: Buffer,
  maxPayloadBytes = defaultMaxPayloadBytes,
): PacketizedFrame {
  assertMaxPayloadBytes(maxPayloadBytes);
  const payloads: Buffer[] = [];
  let keyframe = false;
  let group: Buffer[] = [];
  let groupBytes = 1;

  const flush = (): void => {
    const [first] = group;
    if (first === undefined) return;
    payloads.push(group.length === 1 ? first : aggregate(group, groupBytes));
    group = [];
    groupBytes = 1;
  };

  for (const nalUnit of splitAnnexB(accessUnit)) {
    const type = nalUnit.readUInt8(0) & 0x1f;
    if (type === 0 || type === accessUnitDelimiter || type >= firstPayloadStructure) continue;
    if (type === idrSlice) keyframe = true;

    if (groupBytes + 2 + nalUnit.length > maxPayloadBytes) flush();
    if (groupBytes + 2 + nalUnit.length <= maxPayloadBytes) {
      group.push(nalUnit);
      groupBytes += 2 + nalUnit.length;
    } else if (nalUnit.length <= maxPayloadBytes) {
      payloads.push(nalUnit);
    } else {
      fragment(nalUnit, maxPayloadBytes, payloads);
    }
  }
  flush();
  return { payloads, keyframe };
}

/** STAP-A (RFC 6184 §5.7.1): F is the OR, NRI the maximum of the aggregated units (§5.7). */
function aggregate(nalUnits: readonly Buffer[], bytes: number): Buffer {
  const payload = Buffer.allocUnsafe(bytes);
  let forbidden = 0;
  let importance = 0;
  let offset = 1;
  for (const nalUnit of nalUnits) {
    const header = nalUnit.readUInt8(0);
    forbidden |= header & 0x80;
    importance = Math.max(importance, header & 0x60);
    offset = payload.writeUInt16BE(nalUnit.length, offset);
    payload.set(nalUnit, offset);
    offset += nalUnit.length;
  }
  payload.writeUInt8(forbidden | importance | stapA, 0);
  return payload;
}

/** FU-A fragments (RFC 6184 §5.8) of about equal size, in one allocation for the whole NAL unit. */
function fragment(nalUnit: Buffer, maxPayloadBytes: number, payloads: Buffer[]): void {
  const header = nalUnit.readUInt8(0);
  const body = nalUnit.length - 1;
  const size = Math.ceil(body / Math.ceil(body / (maxPayloadBytes - 2)));
  const count = Math.ceil(body / size);
  const bytes = Buffer.allocUnsafe(body + count * 2);
  for (let index = 0, from = 1, to = 0; index < count; index += 1) {
    const until = Math.min(from + size, nalUnit.length);
    const end = to + 2 + until - from;
    const startBit = index === 0 ? 0x80 : 0;
    const endBit = index === count - 1 ? 0x40 : 0;
    bytes.writeUInt8((header & 0xe0) | fuA, to);
    bytes.writeUInt8(startBit | endBit | (header & 0x1f), to + 1);
    nalUnit.copy(bytes, to + 2, from, until);
    payloads.push(bytes.subarray(to, end));
    from = until;
    to = end;
  }
}
