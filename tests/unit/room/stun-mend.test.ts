import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isRelayedByTcp } from '../../../mcu/room/relay-gate.ts';
import {
  isGenuineRequest,
  isStun,
  mendRequest,
  mendResponse,
} from '../../../mcu/room/stun-mend.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex');

// RFC 5769 §2.1 and §2.2: a request and its response over IPv4.
const password = 'VOkJxbRl1RmTxUk/WvJxBt';
const request = bytes(`
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020
  00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf`);
const response = bytes(`
  0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220
  00200008 0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
  80280004 c07d4c96`);
const tiebreaker = request.indexOf(bytes('80290008')) + 4;
const withTiebreaker = (value: bigint): Buffer => {
  const changed = Buffer.from(request);
  changed.writeBigUInt64BE(value, tiebreaker);
  return changed;
};

describe('a connectivity check', () => {
  it('is told from other datagrams, and from one of somebody without the password', () => {
    expect(isStun(request)).toBe(true);
    expect(isStun(bytes('80600001 00000000 00000000 00000000 00000000'))).toBe(false);
    expect(isStun(bytes('00010000'))).toBe(false);
    expect(isGenuineRequest(request, password)).toBe(true);
    expect(isGenuineRequest(request, 'another')).toBe(false);
    expect(isGenuineRequest(withTiebreaker(7n), password)).toBe(false);
    expect(isGenuineRequest(response, password)).toBe(false);
    expect(isGenuineRequest(request.subarray(0, 60), password)).toBe(false);
  });

  it('with a tiebreaker of 0 gets another and is signed anew', () => {
    const mended = mendRequest(withTiebreaker(0n), password)!;
    expect(mended.readBigUInt64BE(tiebreaker)).toBe(1n);
    expect(isGenuineRequest(mended, password)).toBe(true);
    const end = mended.length;
    expect(mended.readUInt32BE(end - 4)).toBe(
      (crc32(mended.subarray(0, end - 8)) ^ 0x5354554e) >>> 0,
    );
  });

  it('with any other is left alone, and so is what is no check', () => {
    expect(mendRequest(request, password)).toBeNull();
    expect(mendRequest(response, password)).toBeNull();
  });
});

describe('the answer to a connectivity check', () => {
  it('gets another address and is signed anew, as in the RFC', () => {
    const elsewhere = mendResponse(response, password, '10.1.2.3', 4)!;
    expect(elsewhere.equals(response)).toBe(false);
    expect(mendResponse(elsewhere, password, '192.0.2.1', 32853)).toEqual(response);
    expect(mendResponse(request, password, '192.0.2.1', 32853)).toBeNull();
  });
});

describe('a candidate of Chromium', () => {
  it.each([
    ['candidate:1 1 udp 41885695 192.0.2.1 22045 typ relay', false],
    ['candidate:1 1 udp 25108223 192.0.2.1 22045 typ relay raddr 0.0.0.0 rport 0', true],
    ['candidate:1 1 udp 8331007 192.0.2.1 22045 typ relay', true],
    ['candidate:1 1 udp 8331007 192.0.2.1 22045 typ host', false],
    ['nonsense', false],
  ])('%s: of a TURN server by TCP or TLS? %s', (candidate, is) => {
    expect(isRelayedByTcp(candidate)).toBe(is);
  });
});
