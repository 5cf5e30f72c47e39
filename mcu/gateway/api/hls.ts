import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Request, type RequestHandler, Router } from 'express';
import { OnegridError } from '../../protocol/errors.ts';
import type { HlsHouse } from '../live/hls.ts';
import { withToken } from '../live/hls-token.ts';
import type { Access } from './access.ts';
import { param, roomParam } from './input.ts';
import { sendFile } from './send-file.ts';

/** No name of a segment is used again. */
const forever = 'max-age=31536000, immutable';
/** What there is in the folder of a room's HLS, and how it is served. */
const kinds = [
  { pattern: /^index\.m3u8$/, isPlaylist: true, cache: 'max-age=1' },
  { pattern: /^init(-[0-9a-z]{1,16}){0,3}\.mp4$/, isPlaylist: false, cache: forever },
  {
    pattern: /^[0-9a-z]{1,16}(-[0-9a-z]{1,16}){1,3}\.m4s$/,
    isPlaylist: false,
    cache: forever,
  },
];

/** The token of an address that was not given in a header: what the playlist names needs it too. */
const inQuery = ({ headers, query: { token } }: Request): string | undefined =>
  headers.authorization === undefined && typeof token === 'string' ? token : undefined;

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

/** `/hls/:room/…`. */
export function hlsRoutes(hls: HlsHouse, access: Access): Router {
  const router = Router();
  // What is not for everybody no CDN may give to the next one.
  const whose = access.isOpen ? 'public' : 'private';
  router.options('/:room/:file', (_request, response) => {
    response.set({
      'Access-Control-Allow-Methods': 'GET, HEAD',
      'Access-Control-Allow-Headers': 'Authorization, Range',
      'Access-Control-Max-Age': '86400',
    });
    response.status(204).end();
  });
  // Browsers ask whether they may ask without telling who they are.
  router.use(access.guard);
  router.get('/:room/:file', async (request, response) => {
    const name = param(request, 'file');
    const room = roomParam(request);
    access.require(request, 'watch', room);
    const root = hls.folderOf(room);
    const kind = kinds.find(({ pattern }) => pattern.test(name));
    if (root === null || kind === undefined) {
      throw new OnegridError('not-found', 'There is no such HLS file.');
    }
    const headers = { 'Cache-Control': `${whose}, ${kind.cache}` };
    const token = access.isOpen ? undefined : inQuery(request);
    if (kind.isPlaylist && token !== undefined) {
      const playlist = await readFile(join(root, name), 'utf8').catch(() => null);
      if (playlist === null) throw new OnegridError('not-found', 'There is no such HLS file.');
      response.set(headers).type('application/vnd.apple.mpegurl').send(withToken(playlist, token));
      return;
    }
    await sendFile(response, { root, name, headers });
  });
  return router;
}
