import { describe, expect, it } from 'vitest';
import { AddressLimit } from '../../../mcu/gateway/address-limit.ts';
import { answerBinding } from '../../../mcu/gateway/udp-probe.ts';

describe('the answer to a STUN binding request', () => {
  const request = Buffer.from('000100002112a4420102030405060708090a0b0c', 'hex');

  it('tells an address of nobody under the same transaction', () => {
    const answer = answerBinding(request, 4)!;
    expect(answer.toString('hex')).toBe(
      // Header, cookie, transaction; XOR-MAPPED-ADDRESS of 192.0.2.1 port 9.
      '0101000c2112a4420102030405060708090a0b0c' + '002000080001211b' + 'e112a643',
    );
  });

  it('has an IPv6 address for who asks by IPv6', () => {
    const answer = answerBinding(request, 6)!;
    expect(answer).toHaveLength(44);
    expect(answer.readUInt16BE(2)).toBe(24);
    expect(answer[25]).toBe(2);
    const address = answer.subarray(28).map((byte, index) => byte ^ request[4 + index]!);
    expect(Buffer.from(address).toString('hex')).toBe('20010db8000000000000000000000001');
  });

  it('takes attributes along', () => {
    const longer = Buffer.concat([request, Buffer.from('8022000474657374', 'hex')]);
    longer.writeUInt16BE(8, 2);
    expect(answerBinding(longer, 4)).toEqual(answerBinding(request, 4));
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a header', request.subarray(0, 19)],
    ['a wrong length', Buffer.concat([request, Buffer.alloc(4)])],
    ['another cookie', Buffer.concat([request.subarray(0, 4), Buffer.alloc(16)])],
    ['an answer', Buffer.concat([Buffer.from([1, 1]), request.subarray(2)])],
    ['RTP', Buffer.concat([Buffer.from([0x80, 0x60]), request.subarray(2)])],
  ])('is not given to %s', (_what, datagram) => {
    expect(answerBinding(datagram, 4)).toBeNull();
  });
});

describe('the limit of an address', () => {
  it('holds each to its own rate', () => {
    const limit = new AddressLimit(1, 2);
    expect(['a', 'a', 'a', 'b'].map((address) => limit.take(address, 0))).toEqual([
      ...[true, true, false, true],
    ]);
    expect([limit.take('a', 1000), limit.take('a', 1000)]).toEqual([true, false]);
  });

  it('forgets who was unheard of for longest when there are very many', () => {
    const limit = new AddressLimit(0, 1);
    limit.take('first', 0);
    limit.take('kept', 0);
    for (let count = 0; count < 4998; count++) limit.take(String(count), 0);
    expect(limit.take('kept', 0)).toBe(false);
    limit.take('one more', 0);
    expect(limit.take('kept', 0)).toBe(false);
    expect(limit.take('first', 0)).toBe(true);
  });
});
