import { type RequestHandler, Router } from 'express';
import { OnegridError } from '../../protocol/errors.ts';
import type { HlsHouse } from '../live/hls.ts';
import { param, roomParam } from './input.ts';
import { sendFile } from './send-file.ts';

/** No name of a segment is used again. */
const forever = 'public, max-age=31536000, immutable';
/** What there is in the folder of a room's HLS, and how it is served. */
const kinds = [
  { pattern: /^index\.m3u8$/, cache: 'public, max-age=1' },
  { pattern: /^init(-[0-9a-z]{1,16}){0,3}\.mp4$/, cache: forever },
  { pattern: /^[0-9a-z]{1,16}(-[0-9a-z]{1,16}){1,3}\.m4s$/, cache: forever },
];

/** Any page may play it, and any CDN carry it. */
export const hlsHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Content-Length, Content-Range, Date',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    // Of errors; a file has its own.
    'Cache-Control': 'no-store',
  });
  next();
};

/**
 * `/hls/:room/…`.
 * @param guard - lets pass who may
 */
export function hlsRoutes(hls: HlsHouse, guard: RequestHandler): Router {
  const router = Router();
  router.options('/:room/:file', (_request, response) => {
    response.set({
      'Access-Control-Allow-Methods': 'GET, HEAD',
      'Access-Control-Allow-Headers': 'Authorization, Range',
      'Access-Control-Max-Age': '86400',
    });
    response.status(204).end();
  });
  // Browsers ask whether they may ask without telling who they are.
  router.use(guard);
  router.get('/:room/:file', async (request, response) => {
    const name = param(request, 'file');
    const root = hls.folderOf(roomParam(request));
    const kind = kinds.find(({ pattern }) => pattern.test(name));
    if (root === null || kind === undefined) {
      throw new OnegridError('not-found', 'There is no such HLS file.');
    }
    await sendFile(response, { root, name, headers: { 'Cache-Control': kind.cache } });
  });
  return router;
}
