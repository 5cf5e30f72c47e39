import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { maxMessageBytes } from '../protocol/common.ts';
import { createApp } from './app.ts';
import { addressOf, isPrivatePeer, isSecure, type Trust, trustOf } from './client-address.ts';
import { answerPings } from './control-frames.ts';
import { prepareDataDir } from './data-dir.ts';
import type { DeathCause } from './death.ts';
import { Doors } from './doors.ts';
import { HlsHouse } from './live/hls.ts';
import { Metrics } from './metrics.ts';
import { isOriginAllowed } from './origin.ts';
import { type StartOutputProcess, startOutputProcess } from './output-process.ts';
import { OutputLauncher } from './outputs/launcher.ts';
import { RecordingStore } from './recordings/store.ts';
import { RoomRegistry } from './room-registry.ts';
import { type StartRoomProcess, startRoomProcess } from './room-process.ts';
import { createWebServer } from './tls.ts';
import { RoomTokens } from './tokens/room-token.ts';
import { UdpProbe } from './udp-probe.ts';
import { within } from './within.ts';
import { Watchdog } from './watchdog.ts';

/** A running gateway. */
export interface Gateway {
  /** The TCP port it listens on. */
  readonly port: number;
  /** No room is opened any more; those there are may go on for `ONEGRID_DRAIN_MS`. Then, or behind the last one, {@link close}. */
  drain(): Promise<void>;
  /** Finishes recordings, tells everybody, ends all processes, stops listening. Can be called twice. */
  close(): Promise<void>;
  /** Tells everybody and kills the processes; whatever is not finished by then is repaired at the next start. */
  abort(): void;
}

/** Proxies cut connections that are silent for a minute. */
const pingIntervalMs = 25_000;

/** WebSocket upgrades: the right path, an allowed origin, then a session each. */
function acceptSockets(
  server: Server,
  doors: Doors,
  {
    settings,
    trust,
    log,
    metrics,
  }: { settings: Settings; trust: Trust; log: Logger; metrics: Metrics },
) {
  // A little over the limit gets an error that says so; far over it is cut off by ws itself.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 2 * maxMessageBytes,
    // Each costs a hundred bytes, however little is in it.
    maxFragments: 256,
    autoPong: false,
  });
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
      metrics.refusals.inc({ code: 'forbidden' });
      refuse('403 Forbidden');
    } else {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        answerPings(webSocket);
        doors.open(webSocket, {
          address: addressOf(request, trust),
          isPrivate: isPrivatePeer(request, trust),
        });
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
  start?: ProcessStarters,
): Promise<Gateway> {
  const watchdog = new Watchdog(log);
  const processes: ProcessStarters = start ?? {
    room: () => startRoomProcess(settings, log, watchdog),
    output: () => startOutputProcess(settings, log, watchdog),
  };
  await prepareDataDir(settings.dataDir);
  const { server, unwatch } = await createWebServer(settings, log);
  server.listen(settings.port, settings.host);
  // Rejects if `error` comes first. Nothing else is started until the port is ours.
  await once(server, 'listening');
  const metrics = new Metrics();
  const died = (cause: DeathCause): void => {
    metrics.deaths.inc({ process: 'output', cause });
  };
  const launcher = new OutputLauncher(settings, log, processes.output, died, metrics.gateway);
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
  const rooms = new RoomRegistry(outputs, metrics, processes.room);
  const udpProbe = UdpProbe.open(settings, log);
  const trust = trustOf(settings);
  const { tokenSecret } = settings;
  const tokens = tokenSecret === undefined ? undefined : new RoomTokens(tokenSecret);
  server.on('request', createApp({ ...outputs, rooms, tokens, trust, udpProbe }));
  const doors = new Doors({ settings, rooms, tokens, log });
  const sockets = acceptSockets(server, doors, { settings, trust, log, metrics });
  const pings = setInterval(() => {
    for (const socket of sockets.clients) socket.ping();
  }, pingIntervalMs);
  const { port } = server.address() as AddressInfo;
  log.info({ port }, 'listening');
  const closeAll = async (): Promise<void> => {
    clearInterval(pings);
    unwatch();
    server.close();
    (await udpProbe)?.close();
    rooms.refuse();
    await store.close(finishPatienceMs);
    await rooms.close('shutdown');
    await launcher.close();
    await hls.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await watchdog.close();
    log.info('stopped');
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  return {
    port,
    close,
    async drain() {
      const { drainMs } = settings;
      if (drainMs > 0) {
        log.info({ drainMs, rooms: rooms.all.length }, 'draining');
        await within(drainMs, rooms.drain(drainMs));
        log.info({ rooms: rooms.all.length }, 'drained');
      }
      await close();
    },
    abort() {
      log.warn('stopped at once');
      rooms.abort();
      launcher.abort();
    },
  };
}
