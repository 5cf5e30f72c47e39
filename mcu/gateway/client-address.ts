import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { isPrivateAddress, plainAddress } from '../addresses.ts';
import type { Settings } from '../config/settings.ts';

/**
 * Whether a proxy's word is taken.
 * @param address - its own
 * @param hops - so many proxies are between it and this server
 */
export type Trust = (address: string, hops: number) => boolean;

/** Makes a {@link Trust} of the setting. */
export function trustOf({ trustProxy }: Pick<Settings, 'trustProxy'>): Trust {
  if (trustProxy === undefined) return () => false;
  if (typeof trustProxy === 'number') return (_address, hops) => hops < trustProxy;
  const list = new BlockList();
  for (const network of trustProxy) {
    const [address = '', prefix] = network.split('/');
    const type = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(prefix ?? (type === 'ipv4' ? 32 : 128)), type);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

type Asking = Pick<IncomingMessage, 'headers' | 'socket'>;

const forwardedFor = ({ headers }: Asking): string[] =>
  String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** Who asks, behind trusted proxies; their last word that makes sense where one of them tells nonsense. */
export function addressOf(request: Asking, trust: Trust): string {
  let address = plainAddress(request.socket.remoteAddress ?? '');
  for (const [hops, told] of forwardedFor(request).reverse().entries()) {
    if (!trust(address, hops) || isIP(told) === 0) break;
    address = plainAddress(told);
  }
  return address;
}

/** Whether a request came by TLS, here or at a trusted proxy. */
export function isSecure(request: Asking, trust: Trust): boolean {
  const { socket, headers } = request;
  if ('encrypted' in socket && socket.encrypted === true) return true;
  const [told = ''] = String(headers['x-forwarded-proto'] ?? '').split(',');
  return trust(plainAddress(socket.remoteAddress ?? ''), 0) && told.trim() === 'https';
}

/**
 * Whether somebody is in a network that the internet does not reach. Not known, so not said, where a proxy has passed the request
 * on whose word is not taken.
 */
export function isPrivatePeer(request: Asking, trust: Trust): boolean {
  const { headers, socket } = request;
  const isPassedOn = 'x-forwarded-for' in headers || 'forwarded' in headers || 'via' in headers;
  if (isPassedOn && !trust(plainAddress(socket.remoteAddress ?? ''), 0)) return false;
  return isPrivateAddress(addressOf(request, trust));
}
