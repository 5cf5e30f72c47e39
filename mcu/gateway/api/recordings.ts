import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { recordingIdSchema, roomNameSchema } from '../../protocol/common.ts';
import { OnegridError } from '../../protocol/errors.ts';
import type { Recording } from '../../protocol/recordings.ts';
import { isFinal, type RecordingSummary } from '../recordings/recording.ts';
import type { RecordingFile, RecordingStore } from '../recordings/store.ts';
import type { Access } from './access.ts';
import { checked, param } from './input.ts';
import { sendFile } from './send-file.ts';

const listSchema = z.object({
  room: roomNameSchema.optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number)
    .optional(),
});

/** It can be deleted, and made anew under no other name: browsers ask whether it has changed. */
const cache = 'private, no-cache';

/** A recording as told over HTTP. */
function told(summary: RecordingSummary): Recording {
  const { processes: _processes, tracks: _tracks, hasChat, ...recording } = summary;
  const plays = isFinal(recording) && recording.state !== 'failed';
  const url = `/api/v1/recordings/${recording.id}`;
  return {
    ...recording,
    participants: recording.participants.map((participant) => ({
      ...participant,
      track: plays && participant.track !== undefined ? `${url}/tracks/${participant.id}` : null,
    })),
    media: plays ? `${url}/media` : null,
    poster: plays ? `${url}/poster.jpg` : null,
    chat: plays && hasChat ? `${url}/chat.vtt` : null,
  };
}

/** The id in the path. @throws OnegridError `not-found` for what is none */
function idOf(request: Request): string {
  const id = recordingIdSchema.safeParse(param(request, 'id'));
  if (!id.success) throw new OnegridError('not-found', 'There is no such recording.');
  return id.data;
}

/** `/recordings…`. */
export function recordingRoutes(store: RecordingStore, access: Access): Router {
  const router = Router();
  /** The id in the path, of a recording that who asks may ask for. @throws OnegridError */
  const allowedId = (request: Request): string => {
    access.require(request, 'api', null);
    const id = idOf(request);
    access.require(request, 'api', store.get(id).room);
    return id;
  };
  router.use('/recordings', async (_request, _response, next) => {
    await store.ready;
    next();
  });
  router.get('/recordings', (request, response) => {
    const { token: _token, ...query } = request.query;
    const { room = access.onlyRoom(request) ?? undefined, limit } = checked(listSchema, query);
    access.require(request, 'api', room ?? null);
    response.json(store.list({ room, limit }).map(told));
  });
  router
    .route('/recordings/:id')
    .get((request, response) => {
      response.json(told(store.get(allowedId(request))));
    })
    .delete(async (request, response) => {
      await store.delete(allowedId(request));
      response.status(204).end();
    });
  router.post('/recordings/:id/stop', (request, response) => {
    response.json(told(store.stop(allowedId(request))));
  });

  const serve =
    (find: (request: Request, id: string) => Promise<RecordingFile>) =>
    async (request: Request, response: Response): Promise<void> => {
      const id = allowedId(request);
      const file = await find(request, id);
      const { room, startedAt } = store.get(id);
      const time = startedAt.slice(0, 19).replaceAll(':', '-');
      const ending = file.name.slice(file.name.lastIndexOf('.') + 1);
      const kind = request.query['download'] === undefined ? 'inline' : 'attachment';
      // Room names and times are letters, digits and hyphens: nothing to quote.
      const disposition = `${kind}; filename="${room}-${time}.${ending}"`;
      const headers = { 'Cache-Control': cache, 'Content-Disposition': disposition };
      await sendFile(response, { ...file, headers });
    };
  router.get(
    '/recordings/:id/media',
    serve((_, id) => store.file(id, 'media.mp4')),
  );
  router.get(
    '/recordings/:id/poster.jpg',
    serve((_, id) => store.file(id, 'poster.jpg')),
  );
  router.get(
    '/recordings/:id/chat.vtt',
    serve((_, id) => store.file(id, 'chat.vtt')),
  );
  router.get(
    '/recordings/:id/tracks/:participant',
    serve((request, id) => store.track(id, param(request, 'participant'))),
  );
  return router;
}
