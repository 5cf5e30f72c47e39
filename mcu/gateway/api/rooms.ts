import { type Request, Router } from 'express';
import { z } from 'zod';
import { layoutModeSchema, participantIdSchema } from '../../protocol/common.ts';
import { OnegridError } from '../../protocol/errors.ts';
import { parseStreamUrl } from '../live/stream-url.ts';
import type { Room } from '../room.ts';
import type { RoomRegistry } from '../room-registry.ts';
import type { Access } from './access.ts';
import { checked, param, roomParam } from './input.ts';

const patchSchema = z.strictObject({
  layout: layoutModeSchema.optional(),
  pinned: participantIdSchema.nullable().optional(),
  hls: z.boolean().optional(),
});
const recordingSchema = z.strictObject({ tracks: z.boolean().optional() });
const streamSchema = z.strictObject({ url: z.string() });

/** `/rooms…` and `/streams…`. */
export function roomRoutes(rooms: RoomRegistry, access: Access): Router {
  const router = Router();
  // Whether there is such a room is not told to who may not ask for it.
  const roomOf = (request: Request, right: 'api' | 'watch' = 'api'): Room => {
    const name = roomParam(request);
    access.require(request, right, name);
    return rooms.get(name);
  };
  router.get('/rooms', (request, response) => {
    access.require(request, 'api', null);
    const only = access.onlyRoom(request);
    const told = rooms.all.filter(({ name }) => only === null || name === only);
    response.json(told.map(({ info }) => info));
  });
  router
    .route('/rooms/:room')
    .get((request, response) => {
      response.json(roomOf(request).info);
    })
    .patch((request, response) => {
      const room = roomOf(request);
      const { layout, pinned, hls } = checked(patchSchema, request.body);
      const { info } = room;
      if (layout !== undefined || pinned !== undefined) {
        room.arrange({
          mode: layout ?? info.layout,
          pinned: pinned === undefined ? info.pinned : pinned,
        });
      }
      if (hls !== undefined) room.outputs.setHls(hls);
      response.json(room.info);
    })
    .delete((request, response) => {
      roomOf(request).close('room-closed');
      response.status(204).end();
    });
  router.delete('/rooms/:room/participants/:id', (request, response) => {
    roomOf(request).remove(param(request, 'id'));
    response.status(204).end();
  });
  router.get('/rooms/:room/snapshot.jpg', async (request, response) => {
    const jpeg = await roomOf(request, 'watch').snapshot();
    response.set('Cache-Control', 'private, no-store').type('jpeg').send(jpeg);
  });
  router.post('/rooms/:room/recordings', async (request, response) => {
    const { outputs } = roomOf(request);
    const { tracks } = checked(recordingSchema, request.body);
    const { summary } = await outputs.startRecording(tracks);
    const { id, state, startedAt } = summary;
    response
      .status(201)
      .location(`/api/v1/recordings/${id}`)
      .json({ id, room: summary.room, state, startedAt });
  });
  router.post('/rooms/:room/streams', (request, response) => {
    const { outputs } = roomOf(request);
    const url = parseStreamUrl(checked(streamSchema, request.body).url);
    if (url === null) {
      throw new OnegridError('bad-request', 'url must be rtmp://, rtmps:// or srt://host:port.');
    }
    response.status(201).json(outputs.startStream(url));
  });
  router.delete('/streams/:id', (request, response) => {
    const id = param(request, 'id');
    access.require(request, 'api', null);
    const only = access.onlyRoom(request);
    for (const { name, outputs } of rooms.all) {
      if (only !== null && name !== only) continue;
      const stream = outputs.stopStream(id);
      if (stream === null) continue;
      response.json(stream);
      return;
    }
    throw new OnegridError('not-found', 'There is no such stream.');
  });
  return router;
}
