import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { maxMessageBytes } from '../protocol/common.ts';
import { createApp } from './app.ts';
import { addressOf, isPrivatePeer, isSecure, type Trust, trustOf } from './client-address.ts';
import { prepareDataDir } from './data-dir.ts';
import { HlsHouse } from './live/hls.ts';
import { Metrics } from './metrics.ts';
import { isOriginAllowed } from './origin.ts';
import { type StartOutputProcess, startOutputProcess } from './output-process.ts';
import { OutputLauncher } from './outputs/launcher.ts';
import { RecordingStore } from './recordings/store.ts';
import { RoomRegistry } from './room-registry.ts';
import { type StartRoomProcess, startRoomProcess } from './room-process.ts';
import { type Entrance, Session } from './session.ts';
import { createWebServer } from './tls.ts';
import { passFor } from './tokens/door.ts';
import { RoomTokens } from './tokens/room-token.ts';
import { UdpProbe } from './udp-probe.ts';

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
function acceptSockets(
  server: Server,
  entrance: Entrance,
  { settings, trust, log }: { settings: Settings; trust: Trust; log: Logger },
) {
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
    const { origin, host } = request.headers;
    const asked = { origin, host, secure: isSecure(request, trust) };
    if (path !== '/ws') {
      refuse('404 Not Found');
    } else if (!isOriginAllowed(asked, settings.origins)) {
      log.warn({ origin, address: addressOf(request, trust) }, 'origin refused');
      refuse('403 Forbidden');
    } else {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        new Session(webSocket, isPrivatePeer(request, trust), entrance, log);
      });
    }
  });
  return sockets;
}

/** Recordings have so long to be finished when the server stops. */
const finishPatienceMs = 10_000;

/** How the processes of a gateway are started; tests have others. */
export interface ProcessStarters {
  readonly room: StartRoomProcess;
  readonly output: StartOutputProcess;
}

/**
 * Starts the server: HTTP, signalling, rooms.
 * @throws Error from `listen`, such as EADDRINUSE and EACCES; SettingsError where the data cannot be written
 */
export async function startGateway(
  settings: Settings,
  log: Logger,
  start: ProcessStarters = {
    room: () => startRoomProcess(log),
    output: () => startOutputProcess(log),
  },
): Promise<Gateway> {
  await prepareDataDir(settings.dataDir);
  const { server, unwatch } = await createWebServer(settings, log);
  server.listen(settings.port, settings.host);
  // Rejects if `error` comes first. Nothing else is started until the port is ours.
  await once(server, 'listening');
  const metrics = new Metrics();
  const launcher = new OutputLauncher(settings, log, start.output, metrics.gateway);
  const hls = new HlsHouse(settings, log, launcher);
  const store = new RecordingStore({
    settings,
    log,
    launcher,
    onFinal: ({ state }) => {
      metrics.recordings.inc({ state });
    },
  });
  metrics.gauge('onegrid_recordings_active', 'Recordings running.', () => store.activeCount);
  metrics.gauge('onegrid_hls_active', 'Rooms with HLS.', () => hls.activeCount);
  metrics.gauge(
    'onegrid_recording_lag_seconds',
    'How long nothing was added to the running recording that waits longest.',
    () => store.lagSeconds,
  );
  metrics.gauge('onegrid_disk_free_bytes', 'Free on the disk of ONEGRID_DATA_DIR.', () =>
    store.freeBytes(),
  );
  metrics.gauge(
    'onegrid_output_process_resident_bytes',
    'Resident memory of the output processes.',
    () => launcher.residentBytes,
  );
  const outputs = { settings, log, launcher, store, hls };
  const rooms = new RoomRegistry(outputs, metrics, start.room);
  const udpProbe = UdpProbe.open(settings, log);
  const trust = trustOf(settings);
  const { tokenSecret } = settings;
  const tokens = tokenSecret === undefined ? undefined : new RoomTokens(tokenSecret);
  const { messagesRefused } = metrics.gateway;
  const entrance: Entrance = {
    pass: (message) => passFor(tokens, message),
    enter: (message, connection, pass) => rooms.join(message, connection, pass),
    refused: (code) => {
      messagesRefused.inc({ code });
    },
  };
  server.on('request', createApp({ ...outputs, rooms, tokens, trust, udpProbe }));
  const sockets = acceptSockets(server, entrance, { settings, trust, log });
  metrics.gauge('onegrid_connections', 'WebSockets open.', () => sockets.clients.size);
  const pings = setInterval(() => {
    for (const socket of sockets.clients) socket.ping();
  }, pingIntervalMs);
  const { port } = server.address() as AddressInfo;
  log.info({ port }, 'listening');
  return {
    port,
    async close() {
      clearInterval(pings);
      unwatch();
      server.close();
      (await udpProbe)?.close();
      rooms.drain();
      await store.close(finishPatienceMs);
      await rooms.close('shutdown');
      await launcher.close();
      await hls.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      log.info('stopped');
    },
  };
}
