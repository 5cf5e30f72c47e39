import { createHmac } from 'node:crypto';

/** Types of messages: method and class (RFC 8489 §5, RFC 8656 §17). */
export const stunTypes = {
  bindingRequest: 0x0001,
  bindingSuccess: 0x0101,
  allocateRequest: 0x0003,
  allocateSuccess: 0x0103,
  allocateError: 0x0113,
  refreshRequest: 0x0004,
} as const;

/** Types of attributes (RFC 8489 §18.3, RFC 8656 §18). */
export const stunAttributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
} as const;

/** A message without its transaction id. */
export interface StunMessage {
  readonly type: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

const magicCookie = 0x2112a442;
/** Type, length, cookie and transaction id. */
const headerBytes = 20;
const integrityBytes = 24;

/**
 * Writes a message.
 * @param message - what it says
 * @param transactionId - 12 bytes
 * @param key - where it is given, MESSAGE-INTEGRITY is added (RFC 8489 §14.5)
 */
export function writeStun(message: StunMessage, transactionId: Buffer, key?: Buffer): Buffer {
  const { type, attributes } = message;
  const parts = [...attributes].map(([attribute, value]) => writeAttribute(attribute, value));
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(magicCookie, 4);
  transactionId.copy(header, 8);
  // The length counts MESSAGE-INTEGRITY before that is there.
  header.writeUInt16BE(body.length + (key === undefined ? 0 : integrityBytes), 2);
  const bytes = Buffer.concat([header, body]);
  if (key === undefined) return bytes;
  const digest = createHmac('sha1', key).update(bytes).digest();
  return Buffer.concat([bytes, writeAttribute(stunAttributes.messageIntegrity, digest)]);
}

function writeAttribute(attribute: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + 4 * Math.ceil(value.length / 4));
  bytes.writeUInt16BE(attribute, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** How long the message is that begins so; null while that cannot be told. For streams, which do not keep messages apart. */
export const stunLength = (bytes: Buffer): number | null =>
  bytes.length < 4 ? null : headerBytes + bytes.readUInt16BE(2);

/** Reads the answer to a request; null where it is anything else. */
export function readStun(bytes: Buffer, transactionId: Buffer): StunMessage | null {
  const isOurs =
    bytes.length >= headerBytes &&
    bytes.length >= (stunLength(bytes) ?? Infinity) &&
    bytes.readUInt32BE(4) === magicCookie &&
    bytes.subarray(8, headerBytes).equals(transactionId);
  if (!isOurs) return null;
  const attributes = new Map<number, Buffer>();
  const end = headerBytes + bytes.readUInt16BE(2);
  let at = headerBytes;
  while (at + 4 <= end) {
    const length = bytes.readUInt16BE(at + 2);
    // Of two that are alike the first counts.
    const attribute = bytes.readUInt16BE(at);
    if (!attributes.has(attribute)) {
      attributes.set(attribute, bytes.subarray(at + 4, Math.min(end, at + 4 + length)));
    }
    at += 4 + 4 * Math.ceil(length / 4);
  }
  return { type: bytes.readUInt16BE(0), attributes };
}

/** The IPv4 address in an XOR-…-ADDRESS (RFC 8489 §14.2); undefined where it is none, or of IPv6. */
export function readXorAddress(value: Buffer | undefined): string | undefined {
  if (value?.length !== 8 || value[1] !== 1) return undefined;
  const address = value.readUInt32BE(4) ^ magicCookie;
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** The number of an ERROR-CODE (RFC 8489 §14.8); undefined where there is none. */
export function readErrorCode(value: Buffer | undefined): number | undefined {
  return value === undefined || value.length < 4
    ? undefined
    : ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0);
}
