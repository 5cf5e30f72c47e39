import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readSettings } from '../../../mcu/config/settings.ts';
import { startChild } from '../../../mcu/gateway/child.ts';
import type { RoomProcess } from '../../../mcu/gateway/room-process.ts';
import { roomSettings } from '../../../mcu/gateway/room-settings.ts';
import { type RoomCommand, type RoomEvent, roomEventSchema } from '../../../mcu/protocol/ipc.ts';
import type { MediaMessage } from '../../../mcu/protocol/server.ts';
import { until } from '../until.ts';

const entry = fileURLToPath(new URL('../../../dist/mcu/room/main.js', import.meta.url));
const silent = pino({ level: 'silent' });

type Listener = Parameters<RoomProcess['attach']>[0];

/** A room process as it is shipped, native media and all. */
export class RealRoom implements RoomProcess {
  readonly #count: (type: RoomCommand['type']) => void;
  readonly #child = startChild<RoomCommand, RoomEvent>({
    entry,
    events: roomEventSchema,
    what: 'room',
    niceness: 0,
    nodeFlags: ['--initial-old-space-size=128'],
    log: silent,
    limits: { hangMs: 20_000, memoryBytes: 0 },
  });
  #why: string | null = null;
  #isToEnd = false;

  /** @param count - told of each command */
  constructor(count: (type: RoomCommand['type']) => void = () => undefined) {
    this.#count = count;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Why it ended before it was to; null where it did not. */
  get death(): string | null {
    return this.#why;
  }

  send(command: RoomCommand): void {
    this.#count(command.type);
    this.#child.send(command);
  }

  attach(listener: Listener): void {
    this.#child.attach({
      event: (event) => {
        listener.event(event);
      },
      ended: (death) => {
        if (!this.#isToEnd) this.#why = death.why;
        listener.ended(death);
      },
    });
  }

  kill(): void {
    this.#child.kill();
  }

  async end(): Promise<void> {
    this.#isToEnd = true;
    this.#child.send({ type: 'close' });
    await this.#child.gone(3000);
  }
}

/** A room without a gateway: what a gateway lets through is sent to it directly, as fast as it answers. */
export class LoneRoom {
  readonly process = new RealRoom();
  /** What it told each participant, in order. */
  readonly told = new Map<string, MediaMessage[]>();
  #beats = 0;
  #people = 0;

  constructor() {
    this.process.attach({
      event: (event) => {
        if (event.type === 'metrics') this.#beats += 1;
        if (event.type === 'message') this.told.get(event.participantId)?.push(event.message);
      },
      ended: () => undefined,
    });
    const settings = roomSettings(readSettings({ ONEGRID_LOG_LEVEL: 'fatal' }));
    this.process.send({ type: 'open', room: 'lone', settings });
  }

  /** Lets somebody in. @returns their id */
  add(name = 'Somebody'): string {
    this.#people += 1;
    const id = `p${String(this.#people)}`;
    this.told.set(id, []);
    this.process.send({
      type: 'add',
      member: {
        id,
        join: `join-${id}`,
        name,
        media: { audio: true, video: true, source: 'camera', shareAudio: false },
        hand: false,
        quality: 'auto',
        order: this.#people,
        away: false,
        watches: false,
        isPrivate: true,
        iceServers: [],
      },
      requestedAt: Date.now(),
      generation: 0,
    });
    return id;
  }

  remove(id: string): void {
    this.process.send({ type: 'remove', participantId: id });
    this.told.delete(id);
  }

  /** Resolves when it has told its metrics twice more, and so has done all it was told before; rejects when it is gone. */
  async settled(): Promise<void> {
    const wanted = this.#beats + 2;
    await until(() => this.#beats >= wanted || this.process.death !== null);
    if (this.process.death !== null)
      throw new Error(`the room process ended: ${this.process.death}`);
  }
}
