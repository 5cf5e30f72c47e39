/** Receivers' side of the packetizers, written from the RFCs and not from the code under test. */

/** Puts the NAL units of one access unit together again (RFC 6184 §5.6 to §5.8). */
export function depacketizeH264(payloads: readonly Buffer[]): Buffer[] {
  const nalUnits: Buffer[] = [];
  let fragments: Buffer[] | null = null;
  for (const payload of payloads) {
    const header = payload[0]!;
    const type = header & 0x1f;
    if (fragments !== null && type !== 28) throw new Error('a fragmented unit was interrupted');
    if (type === 24) {
      let offset = 1;
      let highest = 0;
      while (offset < payload.length) {
        const length = payload.readUInt16BE(offset);
        const nalUnit = payload.subarray(offset + 2, offset + 2 + length);
        if (length === 0 || nalUnit.length !== length) throw new Error('bad STAP-A size');
        highest = Math.max(highest, nalUnit[0]! & 0x60);
        nalUnits.push(nalUnit);
        offset += 2 + length;
      }
      if ((header & 0x60) !== highest) throw new Error('bad STAP-A importance');
    } else if (type === 28) {
      const start = (payload[1]! & 0x80) !== 0;
      const end = (payload[1]! & 0x40) !== 0;
      if (start && end) throw new Error('a fragment both starts and ends');
      if (start !== (fragments === null)) throw new Error('a start bit in the wrong place');
      if (payload.length <= 2) throw new Error('an empty fragment');
      fragments ??= [Buffer.from([(header & 0xe0) | (payload[1]! & 0x1f)])];
      fragments.push(payload.subarray(2));
      if (end) {
        nalUnits.push(Buffer.concat(fragments));
        fragments = null;
      }
    } else {
      nalUnits.push(payload);
    }
  }
  if (fragments !== null) throw new Error('a fragmented unit did not end');
  return nalUnits;
}

/** Puts one VP8 frame together again (RFC 7741 §4.2, §4.5). */
export function depacketizeVp8(payloads: readonly Buffer[]): { frame: Buffer; pictureId: number } {
  let pictureId = -1;
  const parts = payloads.map((payload, index) => {
    const first = payload[0]!;
    if ((first & 0x80) === 0 || payload[1] !== 0x80) throw new Error('X and I must be set alone');
    if ((first & 0x0f) !== 0 || (first & 0x60) !== 0) throw new Error('R, N and PID must be 0');
    if (((first & 0x10) !== 0) !== (index === 0))
      throw new Error('S must be set on the first only');
    if ((payload[2]! & 0x80) === 0) throw new Error('the PictureID must have 15 bits');
    const id = payload.readUInt16BE(2) & 0x7fff;
    if (index > 0 && id !== pictureId) throw new Error('the PictureID changed within a frame');
    pictureId = id;
    return payload.subarray(4);
  });
  return { frame: Buffer.concat(parts), pictureId };
}
