import { AV_LOG_QUIET } from 'node-av/constants';
import { Log } from 'node-av/lib';
import nodeDataChannel from 'node-datachannel';
import { createLog } from '../../log.ts';
import type { RoomEvent, RoomSettings } from '../../protocol/ipc.ts';
import { MediaRoom } from '../../room/room.ts';
import { Uplink } from '../../room/uplink.ts';
import { type Finding, missing, ok } from '../finding.ts';

const participantId = 'doctor';
const patienceMs = 8000;

const advice =
  "Let this machine's firewall pass UDP between its own addresses; where it does, run npm ci.";

/**
 * A call on this machine: a room with one participant, whose picture goes out by a downlink and is received by an uplink, as if
 * that were a browser.
 */
export async function run(settings: RoomSettings): Promise<Finding[]> {
  Log.setLevel(AV_LOG_QUIET);
  nodeDataChannel.initLogger('Fatal', () => undefined);
  const start = performance.now();
  const seen = await within(patienceMs, pictureOf(settings));
  if (!seen) return [missing('call', 'no picture came by loopback', advice)];
  const ms = (performance.now() - start).toFixed(0);
  return [ok('call', `a picture passed from a downlink to an uplink, after ${ms} ms`)];
}

/** Resolves when a picture has come. */
function pictureOf(settings: RoomSettings): Promise<true> {
  return new Promise((resolve) => {
    const listener = new Uplink(
      settings,
      { iceServers: [], isPrivate: true },
      {
        signal: (message) => {
          if (message.type === 'answer') {
            room.handle({ type: 'answer', participantId, sdp: message.sdp });
          } else {
            const { candidate } = message;
            room.handle({ type: 'candidate', participantId, pc: 'downlink', candidate });
          }
        },
        audio: () => undefined,
        state: () => undefined,
        stats: () => undefined,
        tooLarge: () => undefined,
        video: () => {
          resolve(true);
        },
      },
    );
    const terms = { audio: { ptime: 20, bitrate: 32_000, dtx: false }, videoBitrate: 500_000 };
    const tell = (event: RoomEvent): void => {
      if (event.type !== 'message') return;
      const { message } = event;
      if (message.type === 'offer') {
        listener.accept(message.sdp, () => terms, Promise.resolve()).catch(() => undefined);
      } else if (message.type === 'candidate') listener.addCandidate(message.candidate);
    };
    const room = new MediaRoom(settings, createLog('silent', 'room'), tell);
    room.handle({
      type: 'add',
      member: {
        id: participantId,
        join: participantId,
        name: 'Doctor',
        media: { audio: false, video: false, source: 'camera', shareAudio: false },
        hand: false,
        quality: 'low',
        order: 1,
        away: false,
        watches: false,
        isPrivate: true,
        iceServers: [],
      },
      requestedAt: Date.now(),
      generation: 0,
    });
  });
}

const within = (ms: number, work: Promise<true>): Promise<boolean> =>
  Promise.race([
    work,
    new Promise<false>((resolve) => {
      setTimeout(resolve, ms, false);
    }),
  ]);
