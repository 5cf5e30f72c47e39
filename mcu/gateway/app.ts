import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from '../log.ts';
import { type ErrorCode, OnegridError } from '../protocol/errors.ts';
import type { RoomRegistry } from './room-registry.ts';

const webRoot = fileURLToPath(new URL('../../web', import.meta.url));

const statusOf: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  overloaded: 503,
};

/**
 * Headers for every answer. HSTS and `upgrade-insecure-requests` are left out: the app must work over
 * plain HTTP by LAN address too.
 */
const securityHeaders = (): RequestHandler =>
  helmet({
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'media-src': ["'self'", 'blob:', 'mediastream:'],
        'object-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'connect-src': ["'self'", 'ws:', 'wss:'],
      },
    },
  });

/** What a client is told of an error; express marks those that are the client's own by a status of 4xx. */
function asOnegridError(error: unknown): OnegridError {
  if (error instanceof OnegridError) return error;
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 500
    ? new OnegridError('bad-request', 'This request cannot be understood.')
    : new OnegridError('internal', 'Something went wrong on the server.');
}

/** The HTTP side: health, metrics, the client. */
export function createApp(rooms: RoomRegistry, log: Logger): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());

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

  // Vite names assets by their content, so they never change.
  app.use('/assets', express.static(`${webRoot}/assets`, { immutable: true, maxAge: '1y' }));
  app.use(express.static(webRoot, { index: false }));
  app.get(['/', '/r/:room', '/recordings', '/watch/:room'], (_request, response) => {
    response.sendFile('index.html', { root: webRoot, headers: { 'Cache-Control': 'no-cache' } });
  });

  app.use((request) => {
    throw new OnegridError('not-found', `There is nothing at ${request.path}.`);
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { code, message } = asOnegridError(error);
    if (code === 'internal') log.error({ err: error }, 'request failed');
    response.status(statusOf[code] ?? 500).json({ error: { code, message } });
  };
  app.use(onError);
  return app;
}
