import { fileURLToPath } from 'node:url';
import express, { type Express, Router } from 'express';
import { OnegridError } from '../protocol/errors.ts';
import { Access, ownOriginOnly } from './api/access.ts';
import { connectionCheckRoutes } from './api/connection-check.ts';
import { errorHandler } from './api/errors.ts';
import { hlsHeaders, hlsRoutes } from './api/hls.ts';
import { recordingRoutes } from './api/recordings.ts';
import { roomRoutes } from './api/rooms.ts';
import type { OutputServices } from './room-outputs.ts';
import type { Trust } from './client-address.ts';
import type { RoomRegistry } from './room-registry.ts';
import { securityHeaders } from './security-headers.ts';
import type { RoomTokens } from './tokens/room-token.ts';
import type { UdpProbe } from './udp-probe.ts';

const webRoot = fileURLToPath(new URL('../../web', import.meta.url));

const maxBodyBytes = 16 * 1024;

/** What the HTTP side serves. */
export interface AppContext extends OutputServices {
  readonly rooms: RoomRegistry;
  /** Undefined: rooms ask for none. */
  readonly tokens: RoomTokens | undefined;
  readonly trust: Trust;
  /** Where browsers may try whether UDP gets here; of null: nowhere. */
  readonly udpProbe: Promise<UdpProbe | null>;
}

/** `/api/v1`. */
function apiRoutes(context: AppContext, access: Access): Router {
  const { settings, trust, rooms, store } = context;
  const router = Router();
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.use(ownOriginOnly(settings, trust));
  router.use(connectionCheckRoutes(context, access));
  // Whatever it is called, a body is JSON.
  const body = express.json({ limit: maxBodyBytes, type: () => true });
  router.use(['/login', '/logout'], body);
  router.use(access.routes);
  // Who may not ask is not read.
  router.use(access.guard, body);
  router.use(roomRoutes(rooms, access));
  router.use(recordingRoutes(store, access));
  return router;
}

/** The HTTP side: health, metrics, the API, HLS, the client. */
export function createApp(context: AppContext): Express {
  const { rooms, settings, trust, hls, log } = context;
  const access = new Access(context);
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trust);
  app.use(securityHeaders(settings));

  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', (_request, response) => {
    if (!rooms.isReady) throw new OnegridError('overloaded', 'No room can be opened now.');
    response.json({ status: 'ready' });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(rooms.metrics.contentType).send(await rooms.metrics.text());
  });
  app.use('/api/v1', apiRoutes(context, access));
  app.use('/hls', hlsHeaders, hlsRoutes(hls, access));

  // Vite names assets by their content, so they never change.
  app.use('/assets', express.static(`${webRoot}/assets`, { immutable: true, maxAge: '1y' }));
  app.use(express.static(webRoot, { index: false }));
  app.get(['/', '/r/:room', '/recordings', '/watch/:room'], (_request, response) => {
    response.sendFile('index.html', { root: webRoot, headers: { 'Cache-Control': 'no-cache' } });
  });

  app.use((request) => {
    throw new OnegridError('not-found', `There is nothing at ${request.path}.`);
  });
  const { httpErrors } = rooms.metrics.gateway;
  app.use(
    errorHandler(log, (code) => {
      httpErrors.inc({ code });
    }),
  );
  return app;
}
