import { createSocket, type Socket } from 'node:dgram';
import type { RoomSettings } from '../protocol/ipc.ts';
import { isGenuineRequest, isStun, mendRequest, mendResponse } from './stun-mend.ts';

/** So many remote addresses get through to one PeerConnection: a browser has a few. */
const maxRemotes = 8;
/** So many ports of a range are tried. */
const bindAttempts = 50;

const hostCandidate = /^(candidate:\S+ 1 UDP \d+ \d+\.\d+\.\d+\.\d+) (\d+)( typ host)\b.*$/i;

/**
 * Whether a browser's candidate is of a TURN server it reaches by TCP or TLS. Type preferences are 2 for UDP and less
 * for these in libwebrtc (p2p/base/port.h, ICE_TYPE_PREFERENCE_RELAY_TCP).
 * @param candidate - `candidate:…`
 */
export function isRelayedByTcp(candidate: string): boolean {
  const priority = /^candidate:\S+ \d+ \S+ (\d+) \S+ \d+ typ relay\b/i.exec(candidate)?.[1];
  return priority !== undefined && Number(priority) >>> 24 < 2;
}

/**
 * The UDP port of a downlink that libdatachannel cannot serve by itself: Chromium's, behind TURN over TCP or TLS. From
 * there its connectivity checks have an ICE tiebreaker of 0, which libjuice takes for none at all and refuses (libjuice
 * issue 355; Chromium 152 and later). The browser is told this port only. What comes goes on to libdatachannel, checks
 * mended; to that each remote address is a port on loopback. A packet passes the event loop once each way.
 */
export class RelayGate {
  readonly #ports: RoomSettings['udpPorts'];
  readonly #password: string;
  readonly #tell: (candidate: string) => void;
  readonly #inner = new Map<string, Socket>();
  #outer: Promise<Socket> | undefined;
  #targetPort = 0;
  #closed = false;

  /**
   * @param ports - where its port may lie; undefined: anywhere
   * @param password - the server's `a=ice-pwd`
   * @param tell - told of its candidates
   */
  constructor(
    ports: RoomSettings['udpPorts'],
    password: string,
    tell: (candidate: string) => void,
  ) {
    this.#ports = ports;
    this.#password = password;
    this.#tell = tell;
  }

  /**
   * Stands in for a candidate of libdatachannel; none but IPv4 host ones are.
   * @returns resolves when that was told; rejects where there is no port
   */
  async stand(candidate: string): Promise<void> {
    const [, before, port, after] = hostCandidate.exec(candidate) ?? [];
    if (before === undefined || after === undefined || this.#closed) return;
    this.#targetPort = Number(port);
    this.#outer ??= open(this.#ports).then((socket) => this.#listen(socket));
    const outer = await this.#outer;
    if (!this.isClosed()) this.#tell(`${before} ${String(outer.address().port)}${after}`);
  }

  /** Whether it has ended; may change during any `await`. */
  isClosed(): boolean {
    return this.#closed;
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#outer?.then(
      (socket) => socket.close(),
      () => undefined,
    );
    for (const socket of this.#inner.values()) socket.close();
    this.#inner.clear();
  }

  #listen(outer: Socket): Socket {
    outer.on('message', (packet, { address, port }) => {
      if (this.#closed) return;
      const stun = isStun(packet);
      const key = `${address}:${String(port)}`;
      let inner = this.#inner.get(key);
      if (inner === undefined) {
        const isWelcome = stun && isGenuineRequest(packet, this.#password);
        if (!isWelcome || this.#inner.size >= maxRemotes) return;
        inner = this.#admit(outer, address, port);
        this.#inner.set(key, inner);
      }
      const mended = stun ? mendRequest(packet, this.#password) : null;
      inner.send(mended ?? packet, this.#targetPort, '127.0.0.1');
    });
    outer.on('error', () => undefined);
    return outer;
  }

  #admit(outer: Socket, address: string, port: number): Socket {
    const inner = createSocket('udp4');
    inner.on('message', (packet, from) => {
      if (this.#closed || from.port !== this.#targetPort || from.address !== '127.0.0.1') return;
      const mended = isStun(packet) ? mendResponse(packet, this.#password, address, port) : null;
      outer.send(mended ?? packet, port, address);
    });
    inner.on('error', () => undefined);
    inner.bind(0, '127.0.0.1');
    return inner;
  }
}

async function open(ports: RoomSettings['udpPorts']): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    const span = ports === undefined ? 0 : ports.maximum - ports.minimum + 1;
    const port = ports === undefined ? 0 : ports.minimum + Math.floor(Math.random() * span);
    try {
      return await bind(port);
    } catch (error) {
      if (ports === undefined || attempt >= bindAttempts) throw error;
    }
  }
}

function bind(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
