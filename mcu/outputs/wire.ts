import { z } from 'zod';

/** What a room process sends to an output process over their socket, one way. */

/**
 * Times are milliseconds of the machine's monotonic clock (`process.hrtime`), which processes share and nobody sets; see
 * {@link machineOffsetMs}.
 */
export type OutputPacket =
  | {
      /** One H.264 access unit, Annex B; the first one of a connection, and each keyframe, has SPS and PPS in front. */
      readonly kind: 'video';
      readonly keyframe: boolean;
      /** A keyframe that was made by the schedule, every two seconds, and not because a receiver asked for it. */
      readonly scheduled: boolean;
      readonly atMs: number;
      readonly data: Buffer;
    }
  | {
      /** Mono sound at 48 kHz, whole numbers of 16 bits, little endian, 20 ms mostly. Speaker 0 is the full mix. */
      readonly kind: 'audio';
      readonly speaker: number;
      readonly atMs: number;
      readonly data: Buffer;
    }
  | {
      /** From now on a speaker's number stands for a participant. */
      readonly kind: 'speaker';
      readonly speaker: number;
      readonly id: string;
      readonly name: string;
    };

/** Payload length (32 bits), kind and what kind of keyframe (8 each), speaker (16), time (64, a double); little endian. */
const headerBytes = 16;
const kinds = ['video', 'audio', 'speaker'] as const;
/** Longer ones are no packets of ours: 4K pictures stay below 4 MB. */
const maxPayloadBytes = 16 * 1024 * 1024;

/** Add it to `performance.now()` for the machine's monotonic clock. */
export function machineOffsetMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - performance.now();
}

/** The bytes of a packet: a header, and the data as it is. */
export function encodePacket(packet: OutputPacket): [header: Buffer, payload: Buffer] {
  const payload =
    packet.kind === 'speaker'
      ? Buffer.from(JSON.stringify({ id: packet.id, name: packet.name }))
      : packet.data;
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt8(kinds.indexOf(packet.kind), 4);
  header.writeUInt8(
    packet.kind === 'video' ? Number(packet.keyframe) + 2 * Number(packet.scheduled) : 0,
    5,
  );
  header.writeUInt16LE(packet.kind === 'video' ? 0 : packet.speaker, 6);
  header.writeDoubleLE(packet.kind === 'speaker' ? 0 : packet.atMs, 8);
  return [header, payload];
}

/** Finds the packets in what comes out of a socket in pieces of any length. */
export class PacketReader {
  #pieces: Buffer[] = [];
  #length = 0;

  /**
   * Takes the next piece, which it keeps parts of.
   *
   * @returns the packets that are complete with it
   * @throws RangeError where this cannot be a packet: the connection is of no use any more
   */
  push(piece: Buffer): OutputPacket[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const packets: OutputPacket[] = [];
    for (;;) {
      if (this.#length < headerBytes) return packets;
      const header = this.#peek(headerBytes);
      const length = header.readUInt32LE(0);
      if (length > maxPayloadBytes) throw new RangeError('A packet is too long.');
      if (this.#length < headerBytes + length) return packets;
      const whole = this.#peek(headerBytes + length);
      this.#skip(headerBytes + length);
      packets.push(decode(whole.subarray(0, headerBytes), whole.subarray(headerBytes)));
    }
  }

  /** The first bytes, in one buffer. */
  #peek(length: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all.subarray(0, length);
  }

  #skip(length: number): void {
    // `#peek` has put that much into the first piece.
    const rest = this.#pieces[0]?.subarray(length);
    if (rest === undefined || rest.length === 0) this.#pieces.shift();
    else this.#pieces[0] = rest;
    this.#length -= length;
  }
}

function decode(header: Buffer, data: Buffer): OutputPacket {
  const kind = kinds[header.readUInt8(4)];
  const speaker = header.readUInt16LE(6);
  const atMs = header.readDoubleLE(8);
  switch (kind) {
    case 'video': {
      const flags = header.readUInt8(5);
      return { kind, keyframe: (flags & 1) !== 0, scheduled: (flags & 2) !== 0, atMs, data };
    }
    case 'audio':
      return { kind, speaker, atMs, data };
    case 'speaker':
      return { kind, speaker, ...readSpeaker(data) };
    default:
      throw new RangeError('A packet is of no known kind.');
  }
}

const speakerSchema = z.object({ id: z.string(), name: z.string() });

function readSpeaker(data: Buffer): z.infer<typeof speakerSchema> {
  try {
    return speakerSchema.parse(JSON.parse(data.toString('utf8')));
  } catch (cause) {
    throw new RangeError('A packet names no speaker.', { cause });
  }
}
