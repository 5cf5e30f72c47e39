import { connect, type Socket } from 'node:net';
import type { RoomProcess } from '../../mcu/gateway/room-process.ts';
import type { RoomCommand, RoomEvent } from '../../mcu/protocol/ipc.ts';

type Listener = Parameters<RoomProcess['attach']>[0];
type Metrics = Extract<RoomEvent, { type: 'metrics' }>;

/** A room process without media, in this process: it keeps what it is told and connects to output processes as told. */
export class FakeRoom implements RoomProcess {
  static #pids = 1_000_000;
  readonly pid = FakeRoom.#pids++;
  readonly commands: RoomCommand[] = [];
  /** What `snapshot` is answered with; undefined: not at all. */
  jpeg: string | null | undefined = Buffer.from('a picture').toString('base64');
  readonly #sockets = new Map<string, Socket>();
  readonly #beat: NodeJS.Timeout;
  #listener: Listener | undefined;
  /** As it told them last. */
  #rungs: Metrics['rungs'];
  #over = false;

  constructor() {
    this.#beat = setInterval(() => {
      this.tell({ type: 'metrics', metrics: [], rungs: this.#rungs });
    }, 500);
  }

  /** The room's name, once it has one. */
  get room(): string | undefined {
    const open = this.commands.find((command) => command.type === 'open');
    return open?.room;
  }

  /** How many output processes it feeds. */
  get feeds(): number {
    return this.#sockets.size;
  }

  tell(event: RoomEvent): void {
    if (event.type === 'metrics') this.#rungs = event.rungs;
    if (!this.#over) this.#listener?.event(event);
  }

  send(command: RoomCommand): void {
    if (this.#over) return;
    this.commands.push(command);
    if (command.type === 'feed') {
      this.#feed(command.feedId, command.socket);
    } else if (command.type === 'unfeed') {
      this.#sockets.get(command.feedId)?.destroy();
      this.#sockets.delete(command.feedId);
    } else if (command.type === 'snapshot' && this.jpeg !== undefined) {
      const { requestId } = command;
      const { jpeg } = this;
      setImmediate(() => {
        this.tell({ type: 'snapshot', requestId, jpeg });
      });
    }
  }

  /** Tries until the output process listens, as a room process does. */
  #feed(feedId: string, path: string): void {
    const socket = connect(path);
    socket.on('error', () => {
      setTimeout(() => {
        if (this.#sockets.get(feedId) === socket) this.#feed(feedId, path);
      }, 50);
    });
    socket.write('media');
    this.#sockets.set(feedId, socket);
  }

  attach(listener: Listener): void {
    this.#listener = listener;
  }

  /** Dies, as a process would. */
  kill(): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#beat);
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
    setImmediate(() => {
      this.#listener?.ended({ cause: 'signal', why: 'SIGKILL' });
    });
  }

  end(): Promise<void> {
    this.kill();
    return Promise.resolve();
  }
}
