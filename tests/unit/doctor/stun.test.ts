import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  readErrorCode,
  readStun,
  readXorAddress,
  stunAttributes,
  writeStun,
} from '../../../mcu/doctor/stun-message.ts';
import { stunAddressOf } from '../../../mcu/doctor/stun-transport.ts';
import { answerBinding } from '../../../mcu/gateway/udp-probe.ts';

const transactionId = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');

describe('STUN messages', () => {
  it('are read as they were written, by the server too', () => {
    const request = writeStun({ type: 1, attributes: new Map() }, transactionId);
    const answer = answerBinding(request, 4);
    const read = readStun(answer!, transactionId);
    expect(read?.type).toBe(0x0101);
    expect(readXorAddress(read?.attributes.get(stunAttributes.xorMappedAddress))).toBe('192.0.2.1');
  });

  it('carry the integrity of RFC 5769, section 2.4', () => {
    // Sample request with long-term authentication.
    const username = Buffer.from('e3839ee38388e383aae38383e382afe382b9', 'hex');
    const nonce = Buffer.from('f//499k954d6OL34oL9FSTvy64sA');
    const realm = Buffer.from('example.org');
    const key = createHash('md5')
      .update(Buffer.concat([username, Buffer.from(':example.org:TheMatrIX')]))
      .digest();
    const attributes = new Map([
      [stunAttributes.username, username],
      [stunAttributes.nonce, nonce],
      [stunAttributes.realm, realm],
    ] as [number, Buffer][]);
    const id = Buffer.from('78ad3433c6ad72c029da412e', 'hex');
    const request = writeStun({ type: 1, attributes }, id, key);
    expect(request.subarray(-20).toString('hex')).toBe('f67024656dd64a3e02b8e0712e85c9a28ca89666');
  });

  it('that are cut off, of another request or no messages at all are not read', () => {
    const answer = answerBinding(writeStun({ type: 1, attributes: new Map() }, transactionId), 4)!;
    for (let length = 0; length < answer.length; length += 1) {
      expect(readStun(answer.subarray(0, length), transactionId)).toBeNull();
    }
    expect(readStun(answer, Buffer.alloc(12))).toBeNull();
    expect(readStun(Buffer.alloc(100, 'x'), transactionId)).toBeNull();
    expect(readErrorCode(Buffer.from([0, 0, 4, 38]))).toBe(438);
    expect(readErrorCode(undefined)).toBeUndefined();
  });
});

it.each([
  ['stun:stun.example.org', 'stun', 3478, 'udp'],
  ['turn:turn.example.org:3479?transport=tcp', 'turn', 3479, 'tcp'],
  ['turns:turn.example.org', 'turn', 5349, 'tls'],
  ['turns:turn.example.org:443?transport=tcp', 'turn', 443, 'tls'],
])('%s is understood', (url, scheme, port, transport) => {
  expect(stunAddressOf(url)).toMatchObject({ scheme, port, transport });
});
