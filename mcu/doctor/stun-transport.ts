import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { stunLength } from './stun-message.ts';

/** Where a STUN or TURN server is, as its URL says (RFC 7064, RFC 7065). */
export interface StunAddress {
  readonly scheme: 'stun' | 'turn';
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
}

/** A way to one server. */
export interface StunTransport {
  /** Sends a request and calls back with whatever comes. */
  send(request: Buffer): void;
  close(): void;
}

/** What a {@link StunTransport} calls. */
export interface StunListener {
  open(): void;
  message(bytes: Buffer): void;
  failed(error: Error): void;
}

/** Reads the URL of a server; null where it is not one. */
export function stunAddressOf(url: string): StunAddress | null {
  const match = /^(stun|turn)(s?):([^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url);
  const [, scheme, secure, host, port, transport] = match ?? [];
  if (host === undefined) return null;
  const isSecure = secure === 's';
  return {
    scheme: scheme === 'stun' ? 'stun' : 'turn',
    host,
    port: Number(port ?? (isSecure ? 5349 : 3478)),
    transport: isSecure ? 'tls' : ((transport as 'udp' | 'tcp' | undefined) ?? 'udp'),
  };
}

/** Opens a way to a server. */
export const openStunTransport = (address: StunAddress, listener: StunListener): StunTransport =>
  address.transport === 'udp' ? openUdp(address, listener) : openStream(address, listener);

function openUdp({ host, port }: StunAddress, listener: StunListener): StunTransport {
  let socket: ReturnType<typeof createSocket> | undefined;
  let closed = false;
  const failed = (error: unknown): void => {
    if (!closed) listener.failed(error instanceof Error ? error : new Error(String(error)));
  };
  lookup(host)
    .then(({ address, family }) => {
      if (closed) return;
      const udp = createSocket(family === 6 ? 'udp6' : 'udp4');
      socket = udp;
      udp.on('error', failed);
      udp.on('message', (bytes) => {
        listener.message(bytes);
      });
      // Connected, it hears of a port where nobody listens.
      udp.connect(port, address, () => {
        if (!closed) listener.open();
      });
    })
    .catch(failed);
  return {
    send(request) {
      socket?.send(request, (error) => {
        if (error !== null) failed(error);
      });
    },
    close() {
      if (closed) return;
      closed = true;
      socket?.close();
    },
  };
}

function openStream({ host, port, transport }: StunAddress, listener: StunListener): StunTransport {
  let rest = Buffer.alloc(0);
  const opened = (): void => {
    listener.open();
  };
  const socket: Socket =
    transport === 'tls'
      ? connectTls({ host, port, servername: host }, opened)
      : connectTcp({ host, port }, opened);
  socket.on('error', (error) => {
    listener.failed(error);
  });
  socket.on('close', () => {
    listener.failed(new Error('it closed the connection'));
  });
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const length = stunLength(rest);
      if (length === null || rest.length < length) return;
      listener.message(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
  return {
    send(request) {
      socket.write(request);
    },
    close() {
      socket.removeAllListeners('close');
      socket.destroy();
    },
  };
}
