import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { TokenBucket } from './token-bucket.ts';

/** Answers of all addresses together: so many a second, so many at once. An answer is a third larger than its request. */
const answersPerSecond = 200;
const answersAtOnce = 500;

const magicCookie = 0x2112a442;
const headerBytes = 20;
/** So many ports of the range are tried, from its end: room processes may have some. */
const portTries = 20;

/** Addresses for documentation (RFC 5737, RFC 3849): nobody's own. */
const mapped = {
  4: Buffer.from([192, 0, 2, 1]),
  6: Buffer.from('20010db8000000000000000000000001', 'hex'),
};

/**
 * The answer to a STUN binding request (RFC 8489, sections 6 and 14.2); null for anything else.
 *
 * It always tells the same address, which is nobody's: browsers keep quiet about one that is their own anyway, and all that
 * is to be known is that a datagram came here and back.
 */
export function answerBinding(request: Buffer, family: 4 | 6): Buffer | null {
  const isBinding =
    request.length >= headerBytes &&
    request.readUInt16BE(0) === 0x0001 &&
    request.readUInt16BE(2) === request.length - headerBytes &&
    request.length % 4 === 0 &&
    request.readUInt32BE(4) === magicCookie;
  if (!isBinding) return null;
  const address = mapped[family];
  const answer = Buffer.alloc(headerBytes + 8 + address.length);
  answer.writeUInt16BE(0x0101, 0);
  answer.writeUInt16BE(8 + address.length, 2);
  // Cookie and transaction id, which are also what the address is hidden with.
  request.copy(answer, 4, 4, headerBytes);
  answer.writeUInt16BE(0x0020, headerBytes);
  answer.writeUInt16BE(4 + address.length, headerBytes + 2);
  answer.writeUInt8(family === 4 ? 1 : 2, headerBytes + 5);
  answer.writeUInt16BE(9 ^ (magicCookie >>> 16), headerBytes + 6);
  for (const [index, byte] of address.entries()) {
    answer[headerBytes + 8 + index] = byte ^ (request[4 + index] ?? 0);
  }
  return answer;
}

/** Where browsers try, before they join, whether UDP gets through to this machine. */
export class UdpProbe {
  readonly #socket: Socket;
  readonly #answers = new TokenBucket(answersPerSecond, answersAtOnce, performance.now());

  private constructor(socket: Socket, log: Logger) {
    this.#socket = socket;
    socket.on('message', (request, from) => {
      this.#answer(request, from);
    });
    socket.on('error', (error) => {
      log.debug({ err: error }, 'UDP probe failed');
    });
  }

  /**
   * Listens on a port that media may use too, for those are open in firewalls; null where none can be had, which costs the
   * check of UDP and nothing else.
   */
  static async open(
    { udpPorts }: Pick<Settings, 'udpPorts'>,
    log: Logger,
  ): Promise<UdpProbe | null> {
    const ports = [];
    if (udpPorts === undefined) ports.push(0);
    else {
      for (let port = udpPorts.maximum; port >= udpPorts.minimum; port--) ports.push(port);
    }
    for (const port of ports.slice(0, portTries)) {
      const socket = (await bind('udp6', port)) ?? (await bind('udp4', port));
      if (socket !== null) return new UdpProbe(socket, log);
    }
    log.warn('no UDP port for connection checks');
    return null;
  }

  /** The UDP port it listens on, on all interfaces. */
  get port(): number {
    return this.#socket.address().port;
  }

  /** Ends it; once. */
  close(): void {
    this.#socket.close();
  }

  #answer(request: Buffer, from: RemoteInfo): void {
    const isFour = from.family === 'IPv4' || from.address.startsWith('::ffff:');
    const answer = answerBinding(request, isFour ? 4 : 6);
    if (answer === null || !this.#answers.take(performance.now())) return;
    // Who cannot be reached has no answer, and no more is to be done about it.
    this.#socket.send(answer, from.port, from.address, () => undefined);
  }
}

/** IPv6 takes IPv4 along. Null where this machine has none, or the port is taken. */
async function bind(type: 'udp4' | 'udp6', port: number): Promise<Socket | null> {
  const socket = createSocket(type);
  socket.bind(port);
  try {
    await once(socket, 'listening');
    return socket;
  } catch {
    socket.close();
    return null;
  }
}
