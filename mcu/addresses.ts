import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';

const listOf = (type: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/');
    list.addSubnet(network, Number(prefix), type);
  }
  return list;
};

/** Unspecified and "this network", loopback, link-local (cloud metadata among it), multicast, reserved, broadcast. */
const forbiddenV4 = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'];
const unusableV4 = listOf('ipv4', forbiddenV4);
/** Unspecified, loopback and what embeds IPv4 addresses; link-local, which needs an interface; multicast. */
const forbiddenV6 = ['::/32', 'fe80::/10', 'ff00::/8'];
const unusableV6 = listOf('ipv6', forbiddenV6);

/** The IANA IPv4 Special-Purpose Address Registry (RFC 6890), where it says "globally reachable: false". */
const localV4 = listOf('ipv4', [
  ...forbiddenV4,
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
]);
/**
 * The same for IPv6: besides the above unique local, site-local as it was, discard and documentation; and Teredo, 6to4 and NAT64,
 * which a gateway turns into any IPv4 address.
 */
const localV6 = listOf('ipv6', [
  ...forbiddenV6,
  'fc00::/7',
  'fec0::/10',
  '64:ff9b::/32',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);

/** IPv6 in its canonical form; the list compares texts of that. */
const canonical = (address: string): string =>
  new SocketAddress({ address, family: 'ipv6' }).address;

/**
 * Whether packets may be sent to an address that a stranger has named: an IP address (browsers hide theirs behind
 * `.local` names, which are not looked up) of one other host. The browser's own connectivity checks tell any other.
 * @param fromPrivate - whether the stranger comes from a {@link isPrivateAddress} himself; else the address must be one of the
 *   internet: nobody out there sends this server's packets into the networks behind it
 */
export function isUsableAddress(address: string, fromPrivate: boolean): boolean {
  if (isIPv4(address)) return !(fromPrivate ? unusableV4 : localV4).check(address, 'ipv4');
  // A zone (`%eth0`) names an interface of this host.
  if (!isIPv6(address) || address.includes('%')) return false;
  return !(fromPrivate ? unusableV6 : localV6).check(canonical(address), 'ipv6');
}

/** Whether this is an IPv4 address that the internet does not reach. */
export const isLocalIPv4 = (address: string): boolean =>
  isIPv4(address) && localV4.check(address, 'ipv4');

/** An address as a socket tells it, without what makes IPv4 look like IPv6 (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address;
};

const privateV6 = listOf('ipv6', ['::1/128', 'fc00::/7', 'fe80::/10', 'fec0::/10']);

/** Whether somebody with this address is on this machine or in a network that the internet does not reach. */
export function isPrivateAddress(address: string): boolean {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return localV4.check(plain, 'ipv4');
  const [withoutZone = ''] = plain.split('%');
  return isIPv6(withoutZone) && privateV6.check(canonical(withoutZone), 'ipv6');
}
