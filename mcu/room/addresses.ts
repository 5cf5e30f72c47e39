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
const unusableV6 = listOf('ipv6', ['::/32', 'fe80::/10', 'ff00::/8']);

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
 * Whether packets may be sent to an address that a stranger has named: an IP address (browsers hide theirs behind
 * `.local` names, which are not looked up) of one other host. The browser's own connectivity checks tell any other.
 */
export function isUsableAddress(address: string): boolean {
  if (isIPv4(address)) return !unusableV4.check(address, 'ipv4');
  // A zone (`%eth0`) names an interface of this host.
  if (!isIPv6(address) || address.includes('%')) return false;
  return !unusableV6.check(new SocketAddress({ address, family: 'ipv6' }).address, 'ipv6');
}

/** Whether this is an IPv4 address that the internet does not reach. */
export const isLocalIPv4 = (address: string): boolean =>
  isIPv4(address) && localV4.check(address, 'ipv4');
