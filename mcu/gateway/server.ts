import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { maxMessageBytes } from '../protocol/common.ts';
import { createApp } from './app.ts';
import { isOriginAllowed } from './origin.ts';
import { RoomRegistry } from './room-registry.ts';
import { startRoomProcess } from './room-process.ts';
import { Session } from './session.ts';

/** A running gateway. */
export interface Gateway {
  /** The TCP port it listens on. */
  readonly port: number;
  /** Tells everybody, ends all room processes, stops listening. */
  close(): Promise<void>;
}

/** Proxies cut connections that are silent for a minute. */
const pingIntervalMs = 25_000;

/** WebSocket upgrades: the right path, an allowed origin, then a session each. */
function acceptSockets(server: Server, rooms: RoomRegistry, settings: Settings, log: Logger) {
  // A little over the limit gets an error that says so; far over it is cut off by ws itself.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4 * maxMessageBytes });
  server.on('upgrade', (request, socket, head) => {
    const refuse = (status: string): void => {
      // The other side may never close its half.
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.on('error', (error) => {
      log.debug({ err: error }, 'socket error');
    });
    const path = request.url?.split('?')[0];
    if (path !== '/ws') {
      refuse('404 Not Found');
    } else if (!isOriginAllowed(request.headers.origin, request.headers.host, settings.origins)) {
      log.warn({ origin: request.headers.origin }, 'origin refused');
      refuse('403 Forbidden');
    } else {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        new Session(webSocket, (name) => rooms.open(name), log);
      });
    }
  });
  return sockets;
}

/**
 * Starts the server: HTTP, signalling, rooms.
 * @throws Error from `listen`, such as EADDRINUSE and EACCES
 */
export async function startGateway(settings: Settings, log: Logger): Promise<Gateway> {
  const server = createServer();
  server.listen(settings.port, settings.host);
  // Rejects if `error` comes first. Nothing else is started until the port is ours.
  await once(server, 'listening');
  const rooms = new RoomRegistry(settings, log, () => startRoomProcess(log));
  server.on('request', createApp(rooms, log));
  const sockets = acceptSockets(server, rooms, settings, log);
  const pings = setInterval(() => {
    for (const socket of sockets.clients) socket.ping();
  }, pingIntervalMs);
  const { port } = server.address() as AddressInfo;
  log.info({ port }, 'listening');
  return {
    port,
    async close() {
      clearInterval(pings);
      server.close();
      await rooms.close('shutdown');
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      log.info('stopped');
    },
  };
}
