import { isIPv6 } from 'node:net';

/**
 * What an address is counted as. IPv4 addresses count each for itself, also where they come as IPv6 (`::ffff:192.0.2.1`); of IPv6 a whole
 * /64, which is what one household or machine gets (RFC 6177).
 * @param address - as a socket or a trusted proxy tells it; anything else is counted as it is
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
