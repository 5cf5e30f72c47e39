import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestHost } from './network.ts';

/** How a {@link Relay} delays. */
export interface Delay {
  /** Mean delay of each direction, in milliseconds. */
  readonly delayMs: number;
  /** By so much it is longer or shorter, in milliseconds; order is kept. */
  readonly jitterMs: number;
}

/** Ports of the server that a relay can stand before; give them to it as `ONEGRID_UDP_PORTS`. */
export const relayedPorts = { first: 42_000, count: 64 } as const;
/** Of the relay itself. */
const ownPorts = relayedPorts.first + relayedPorts.count;
/** Hop limit of what the relay sends to the host: by it what goes round it is known. */
const relayTtl = 33;

/**
 * A relay that delays all UDP between a host and the server, unseen by both: nftables sends what the host sends to the
 * server's ports to the relay, which passes it on. What the server sends to the host by itself, past the relay, is not let
 * in: by its hop limit, as a sender would notice a drop on its own side. Signalling is not delayed; media by TCP does not pass.
 */
export class Relay {
  readonly #host: TestHost;
  readonly #child: ChildProcess;

  private constructor(host: TestHost, child: ChildProcess) {
    this.#host = host;
    this.#child = child;
  }

  /** Puts a relay between a host and the server, before anything has passed between them. */
  static async start(host: TestHost, { delayMs, jitterMs }: Delay): Promise<Relay> {
    const { first, count } = relayedPorts;
    const options = {
      ...{ address: host.serverAddress, first: ownPorts, target: first, ports: count },
      ...{ delayMs, jitterMs, everyMs: 100, ttl: relayTtl },
    };
    const program = fileURLToPath(new URL('relay.mjs', import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const ports = `${first}-${first + count - 1}`;
    // To a range, any port of it would be taken.
    const own = Array.from({ length: count }, (_, n) => `${first + n} : ${ownPorts + n}`).join(
      ', ',
    );
    // What is not tracked makes no connection, which the host's answer would belong to and so go past the relay.
    host.nft(
      false,
      `table ip ${tableOf(host)} {
        chain divert {
          type nat hook prerouting priority -100;
          iifname "${host.link}" udp dport ${ports} redirect to :udp dport map { ${own} }
        }
        chain apart {
          type filter hook output priority -300;
          oifname "${host.link}" udp sport ${ports} notrack
        }
      }\n`,
    );
    host.nft(
      true,
      `table ip relay {
        chain only {
          type filter hook input priority 0;
          udp sport ${ports} ip ttl != ${relayTtl} drop
          tcp sport ${ports} drop
        }
      }\n`,
    );
    return new Relay(host, child);
  }

  /** Takes it away; what went by it goes no more. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
    this.#host.nft(false, `delete table ip ${tableOf(this.#host)}\n`);
    this.#host.nft(true, 'delete table ip relay\n');
  }
}

const tableOf = ({ link }: TestHost): string => `relay_${link.replace('-', '_')}`;
