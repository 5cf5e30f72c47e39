import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Types of attributes (RFC 8489 §18.3, RFC 8445 §16.1). */
const attributes = {
  mappedAddress: 0x0020,
  integrity: 0x0008,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
} as const;
const magicCookie = 0x2112a442;
const headerBytes = 20;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;

/** Whether a datagram is STUN (RFC 7983 §7). */
export const isStun = (packet: Buffer): boolean =>
  packet.length >= headerBytes && (packet[0] ?? 4) < 4 && packet.readUInt32BE(4) === magicCookie;

/** Where the value of the first attribute of a type begins; null if there is none of that length. */
function find(packet: Buffer, type: number, length: number): number | null {
  for (let at = headerBytes; at + 4 <= packet.length;) {
    const size = packet.readUInt16BE(at + 2);
    if (packet.readUInt16BE(at) === type) {
      return size === length && at + 4 + size <= packet.length ? at + 4 : null;
    }
    at += 4 + ((size + 3) & ~3);
  }
  return null;
}

/** The HMAC of a message (RFC 8489 §14.5) whose MESSAGE-INTEGRITY has its value at `integrity`. */
function hmacOf(packet: Buffer, integrity: number, password: string): Buffer {
  const covered = Buffer.from(packet.subarray(0, integrity - 4));
  // With a length as if the message ended behind it.
  covered.writeUInt16BE(integrity + 20 - headerBytes, 2);
  return createHmac('sha1', password).update(covered).digest();
}

/** Signs a changed message anew: MESSAGE-INTEGRITY, and FINGERPRINT (RFC 8489 §14.7) behind it. */
function sign(packet: Buffer, password: string): Buffer | null {
  const integrity = find(packet, attributes.integrity, 20);
  if (integrity === null) return null;
  hmacOf(packet, integrity, password).copy(packet, integrity);
  const at = find(packet, attributes.fingerprint, 4);
  if (at !== null) packet.writeUInt32BE((crc32(packet.subarray(0, at - 4)) ^ 0x5354554e) >>> 0, at);
  return packet;
}

/** Whether a STUN message is a binding request of somebody who knows the password. */
export function isGenuineRequest(packet: Buffer, password: string): boolean {
  if (packet.readUInt16BE(0) !== bindingRequest) return false;
  const integrity = find(packet, attributes.integrity, 20);
  return (
    integrity !== null &&
    timingSafeEqual(hmacOf(packet, integrity, password), packet.subarray(integrity, integrity + 20))
  );
}

/**
 * A binding request whose ICE tiebreaker is 0, with one that is not.
 * @param packet - a STUN message; it is not changed
 * @param password - the `a=ice-pwd` of the one it is for
 * @returns null if it is not such a request
 */
export function mendRequest(packet: Buffer, password: string): Buffer | null {
  if (packet.readUInt16BE(0) !== bindingRequest) return null;
  const value = find(packet, attributes.controlled, 8) ?? find(packet, attributes.controlling, 8);
  if (value === null || packet.readBigUInt64BE(value) !== 0n) return null;
  const mended = Buffer.from(packet);
  mended.writeBigUInt64BE(1n, value);
  return sign(mended, password);
}

/**
 * A success response with another IPv4 address in its XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
 * @param packet - a STUN message; it is not changed
 * @param password - the `a=ice-pwd` of the one it is from
 * @param address - IPv4
 * @param port - of UDP
 * @returns null if it is not such a response
 */
export function mendResponse(
  packet: Buffer,
  password: string,
  address: string,
  port: number,
): Buffer | null {
  if (packet.readUInt16BE(0) !== bindingSuccess) return null;
  const value = find(packet, attributes.mappedAddress, 8);
  if (value === null) return null;
  const mended = Buffer.from(packet);
  mended.writeUInt16BE(port ^ (magicCookie >>> 16), value + 2);
  const octets = address.split('.').map(Number);
  for (const [index, octet] of octets.entries()) {
    mended[value + 4 + index] = octet ^ ((magicCookie >>> (24 - 8 * index)) & 0xff);
  }
  return sign(mended, password);
}
