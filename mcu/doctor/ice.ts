import { networkInterfaces } from 'node:os';
import type { Settings } from '../config/settings.ts';
import { iceServersFor } from '../gateway/ice-servers.ts';
import { isLocalIPv4, isUsableAddress } from '../addresses.ts';
import { type Finding, missing, ok, warning } from './finding.ts';
import { askServer, type StunCredentials, type StunOutcome } from './stun-client.ts';
import { stunAddressOf } from './stun-transport.ts';

/** Addresses of this machine, what is announced in their place, and every STUN and TURN server of the settings. */
export async function checkIce(settings: Settings): Promise<Finding[]> {
  const servers = iceServersFor(settings, 'doctor', Date.now()).flatMap(
    ({ urls, username, credential }) =>
      [urls].flat().map((url) => ({
        url,
        credentials:
          username === undefined || credential === undefined ? null : { username, credential },
      })),
  );
  const asked = await Promise.all(servers.map(ask));
  const seen = asked.flatMap(({ outcome }) =>
    outcome.kind === 'answers' && outcome.mapped !== undefined ? [outcome.mapped] : [],
  );
  const own = ownAddresses();
  return [
    addresses(own, settings),
    ...announced(own, settings, seen),
    ...asked.map(({ finding }) => finding),
  ];
}

/** Those that candidates may carry. */
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && isUsableAddress(address, true))
    .map(({ address }) => address);

function addresses(own: readonly string[], { announcedIp, iceServers }: Settings): Finding {
  const check = 'addresses';
  if (own.length === 0) {
    return missing(
      check,
      'none but loopback',
      'Connect this machine to a network: browsers elsewhere cannot reach loopback addresses.',
    );
  }
  const shown = own.slice(0, 4).join(', ') + (own.length > 4 ? ' …' : '');
  const isPublic = own.some((address) => !address.includes(':') && !isLocalIPv4(address));
  if (isPublic || announcedIp !== undefined || iceServers.length > 0) return ok(check, shown);
  return ok(check, `${shown}: this network only; for others set ONEGRID_ANNOUNCED_IP`);
}

function announced(
  own: readonly string[],
  { announcedIp, udpPorts }: Settings,
  seen: readonly string[],
): Finding[] {
  const check = 'announced IP';
  if (announcedIp === undefined) return [];
  const other = seen.find((address) => !isLocalIPv4(address) && address !== announcedIp);
  if (other !== undefined && !seen.includes(announcedIp)) {
    return [
      warning(
        check,
        `${announcedIp}, but a STUN server sees ${other}`,
        'Set ONEGRID_ANNOUNCED_IP to the address that browsers reach this machine by.',
      ),
    ];
  }
  if (isLocalIPv4(announcedIp) && !own.includes(announcedIp)) {
    return [
      warning(
        check,
        `${announcedIp} is a private address, and not this machine's`,
        'Set ONEGRID_ANNOUNCED_IP to the public address of the NAT, unless everybody is in that network.',
      ),
    ];
  }
  if (udpPorts === undefined && !own.includes(announcedIp)) {
    return [
      warning(
        check,
        announcedIp,
        'Set ONEGRID_UDP_PORTS, and forward these ports to the same numbers here.',
      ),
    ];
  }
  return [ok(check, announcedIp)];
}

async function ask({
  url,
  credentials,
}: {
  url: string;
  credentials: StunCredentials | null;
}): Promise<{ finding: Finding; outcome: StunOutcome }> {
  const address = stunAddressOf(url);
  const outcome: StunOutcome =
    address === null
      ? { kind: 'unreachable', reason: 'not a URL that is understood' }
      : await askServer(address, credentials);
  return { outcome, finding: answerOf(url, outcome) };
}

function answerOf(url: string, outcome: StunOutcome): Finding {
  const check = url.startsWith('stun') ? 'STUN server' : 'TURN server';
  switch (outcome.kind) {
    case 'answers': {
      const { relayed, ms } = outcome;
      const relay = relayed === undefined ? '' : `, relays from ${relayed}`;
      return ok(check, `${url} answers in ${ms.toFixed(0)} ms${relay}`);
    }
    case 'refuses':
      return missing(
        check,
        `${url} refuses (${String(outcome.code)})`,
        outcome.code === 401 || outcome.code === 441
          ? 'Correct its credentials: ONEGRID_TURN_SECRET must be the static-auth-secret of that server, and both clocks right.'
          : "See that server's log, and whether it has relay ports left.",
      );
    case 'silent':
      return missing(
        check,
        `${url} does not answer`,
        'Start it, open its port in the firewalls between, or take it out of the settings.',
      );
    case 'unreachable':
      return missing(
        check,
        `${url} cannot be reached (${outcome.reason})`,
        'Start it, correct its URL or certificate, or take it out of the settings.',
      );
    default:
      return outcome satisfies never;
  }
}
