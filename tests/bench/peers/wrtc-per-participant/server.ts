import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { avImageCopyToBuffer } from 'node-av/lib';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type * as compositor from '../../../../mixer/compositor/index.ts';
import type { ClientMessageInput } from '../../../../mcu/protocol/client.ts';
import { bytesOf, canvas, fps } from '../../compositing/task.ts';
import type { Load } from '../../lab/in-child.ts';
import { RTCVideoSource } from './native.ts';
import { Participant } from './participant.ts';
import { mix } from './sound.ts';

/**
 * The usual MCU of Node: libwebrtc (@roamhq/wrtc) receives and decodes, one composite a tick is made in process, and
 * libwebrtc encodes it for each participant; sound is mixed in JavaScript, for each without themselves. One room, one
 * process. Speaks what it needs of onegrid's signalling, so that the same participants can join.
 *
 * What is not the design's point is done as well as we can: our own compositor, one copy of the picture for all
 * encoders, late ticks dropped.
 */
export async function work(_: unknown, load: Load): Promise<never> {
  const { Compositor } = await load<typeof compositor>('mixer/compositor/index.js');
  const room = new Room(new Compositor({ ...canvas, labels: false, transitionMs: 0 }));
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws' });
  server.on('connection', (socket) => {
    room.welcome(socket);
  });
  server.on('listening', () => {
    process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  void every(1000 / fps, 'drop', () => room.compose());
  return every(10, 'catch up', () => room.mix());
}

class Room {
  readonly #compositor: compositor.Compositor;
  readonly #source = new RTCVideoSource();
  readonly #picture = Buffer.alloc(bytesOf(canvas));
  readonly #people = new Map<Participant, WebSocket>();

  constructor(ours: compositor.Compositor) {
    this.#compositor = ours;
  }

  /** Lets somebody in who says `join`. */
  welcome(socket: WebSocket): void {
    let participant: Participant | null = null;
    const send = (message: object): void => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    };
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as ClientMessageInput;
      if (message.type !== 'join') {
        participant?.receive(message);
        return;
      }
      const id = `p${this.#people.size + 1}`;
      send({ type: 'joined', participantId: id, participants: [], iceServers: [], chat: [] });
      participant = new Participant(id, message.name, this.#source.createTrack(), send);
      this.#people.set(participant, socket);
      this.#arrange();
    });
    socket.on('close', () => {
      if (participant === null) return;
      this.#people.delete(participant);
      participant.close();
      this.#arrange();
    });
  }

  /** Makes one picture, for everybody. */
  compose(): void {
    if (this.#people.size === 0) return;
    this.#compositor.compose(performance.now());
    const { frame } = this.#compositor;
    const { width, height } = canvas;
    const picture = this.#picture;
    avImageCopyToBuffer(
      ...([picture, picture.length, frame.data ?? [], frame.linesize] as const),
      ...([AV_PIX_FMT_YUV420P, width, height, 1] as const),
    );
    const data = new Uint8ClampedArray(picture.buffer, picture.byteOffset, picture.length);
    this.#source.onFrame({ width, height, data });
  }

  /** Mixes 10 ms. */
  mix(): void {
    mix([...this.#people.keys()]);
  }

  #arrange(): void {
    const members = [...this.#people.keys()].map((participant) => {
      const { id, name } = participant;
      return { id, name, screen: false, source: participant, muted: false, hand: false };
    });
    this.#compositor.setScene(members, { mode: 'grid', pinned: null, speaker: null, page: 0 });
    const tiles = this.#compositor.tiles.map(({ id, x, y, width, height }) => ({
      ...{ participantId: id, x, y, width, height },
    }));
    const message = { type: 'layout', mode: 'auto', pinned: null, canvas, tiles, overflow: null };
    for (const socket of this.#people.values()) socket.send(JSON.stringify(message));
  }
}

/** Does something on a clock that does not drift; what is late is dropped, or made up for. */
async function every(ms: number, late: 'drop' | 'catch up', action: () => void): Promise<never> {
  let due = performance.now();
  for (;;) {
    due += ms;
    const wait = due - performance.now();
    if (wait < -ms && late === 'drop') continue;
    if (wait < -1000) due = performance.now();
    // Even if there is no time left, signalling gets its turn.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
    action();
  }
}
