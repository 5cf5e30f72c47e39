import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  isPrivatePeer,
  isSecure,
  trustOf,
} from '../../../mcu/gateway/client-address.ts';

const request = (remoteAddress: string, headers: Record<string, string> = {}, encrypted = false) =>
  ({ headers, socket: { remoteAddress, ...(encrypted && { encrypted }) } }) as unknown as Pick<
    IncomingMessage,
    'headers' | 'socket'
  >;
const forwarded = (list: string) => ({ 'x-forwarded-for': list });

describe('who asks', () => {
  it.each([
    ['nobody is trusted', undefined, '10.0.0.1', '8.8.8.8', '10.0.0.1'],
    ['one proxy', 1, '10.0.0.1', '8.8.8.8', '8.8.8.8'],
    ['one proxy, and a lie before it', 1, '10.0.0.1', '1.1.1.1, 8.8.8.8', '8.8.8.8'],
    ['two proxies', 2, '10.0.0.1', '1.1.1.1, 8.8.8.8, 10.0.0.2', '8.8.8.8'],
    ['two proxies are trusted, and there is one', 2, '10.0.0.1', '8.8.8.8', '8.8.8.8'],
    ['a proxy by its address', ['10.0.0.1'], '::ffff:10.0.0.1', '8.8.8.8', '8.8.8.8'],
    ['a proxy by its network', ['fd00::/8'], 'fd00::5', '2606:4700::1', '2606:4700::1'],
    ['somebody who goes around the proxy', ['10.0.0.1'], '9.9.9.9', '8.8.8.8', '9.9.9.9'],
    ['a proxy that tells nonsense', 1, '10.0.0.1', '8.8.8.8, unknown', '10.0.0.1'],
    ['a proxy that tells nothing', 1, '10.0.0.1', '', '10.0.0.1'],
  ])('%s', (_what, trustProxy, socket, list, address) => {
    expect(addressOf(request(socket, forwarded(list)), trustOf({ trustProxy }))).toBe(address);
  });

  it('came by TLS where it is ours, or a trusted proxy says so', () => {
    const [nobody, proxy] = [trustOf({ trustProxy: undefined }), trustOf({ trustProxy: 1 })];
    const told = { 'x-forwarded-proto': 'https' };
    expect(isSecure(request('8.8.8.8', {}, true), nobody)).toBe(true);
    expect(isSecure(request('10.0.0.1', told), nobody)).toBe(false);
    expect(isSecure(request('10.0.0.1', told), proxy)).toBe(true);
    expect(isSecure(request('10.0.0.1', { 'x-forwarded-proto': 'http' }), proxy)).toBe(false);
  });

  it.each([
    ['127.0.0.1', {}, undefined, true],
    ['::1', {}, undefined, true],
    ['::ffff:192.168.1.5', {}, undefined, true],
    ['fe80::1%eth0', {}, undefined, true],
    ['fd12::1', {}, undefined, true],
    ['100.64.0.9', {}, undefined, true],
    ['8.8.8.8', {}, undefined, false],
    ['2606:4700::1', {}, undefined, false],
    ['', {}, undefined, false],
    // From the internet through a proxy nobody told us of.
    ['127.0.0.1', forwarded('8.8.8.8'), undefined, false],
    ['127.0.0.1', { via: '1.1 proxy' }, undefined, false],
    ['127.0.0.1', forwarded('8.8.8.8'), 1, false],
    ['127.0.0.1', forwarded('192.168.1.5'), 1, true],
  ])('%s with %j, trusting %j: private is %s', (socket, headers, trustProxy, expected) => {
    expect(
      isPrivatePeer(request(socket, headers as Record<string, string>), trustOf({ trustProxy })),
    ).toBe(expected);
  });
});
