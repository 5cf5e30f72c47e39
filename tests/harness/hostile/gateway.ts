import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { readSettings } from '../../../mcu/config/settings.ts';
import type { RoomProcess } from '../../../mcu/gateway/room-process.ts';
import { type Gateway, startGateway } from '../../../mcu/gateway/server.ts';
import type { RoomCommand } from '../../../mcu/protocol/ipc.ts';
import { makeDataDir } from '../test-run.ts';
import { InstantOutput } from './instant-output.ts';
import { startLyingRoom } from './lying-room.ts';
import { RealRoom } from './real-room.ts';

type Listener = Parameters<RoomProcess['attach']>[0];

/** A room process that is none: it counts what it is told, and says that it lives. */
class SilentRoom implements RoomProcess {
  static #pids = 2_000_000;
  readonly pid = SilentRoom.#pids++;
  readonly #count: (type: RoomCommand['type']) => void;
  readonly #ended: () => void;
  #listener: Listener | undefined;
  #over = false;
  readonly #beat = setInterval(() => {
    this.#listener?.event({ type: 'metrics', metrics: [] });
  }, 500);

  constructor(count: (type: RoomCommand['type']) => void, ended: () => void) {
    this.#count = count;
    this.#ended = ended;
  }

  send(command: RoomCommand): void {
    this.#count(command.type);
    if (command.type !== 'snapshot') return;
    const { requestId } = command;
    setImmediate(() => this.#listener?.event({ type: 'snapshot', requestId, jpeg: null }));
  }

  attach(listener: Listener): void {
    this.#listener = listener;
  }

  kill(): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#beat);
    this.#ended();
    setImmediate(() => {
      this.#listener?.ended({ cause: 'signal', why: 'SIGKILL' });
      this.#listener = undefined;
    });
  }

  end(): Promise<void> {
    this.kill();
    return Promise.resolve();
  }
}

/** A gateway in this process, for those who mean no good. */
export class HostileGateway {
  /** What it logged that somebody would have to look at. */
  readonly complaints: string[] = [];
  /** How many commands its rooms were sent, by type. */
  readonly commands = new Map<RoomCommand['type'], number>();
  /** How many messages its lying rooms said that it took. */
  lies = 0;
  /** Rooms with real media, where there are any. */
  readonly realRooms: RealRoom[] = [];
  /** Rooms without media that have not been ended. */
  readonly #silentRooms = new Set<SilentRoom>();
  readonly #dataDir = makeDataDir();
  #gateway: Gateway | undefined;

  /** @param rooms - processes with native media, or that lie, see lying-room.mjs, or none */
  static async start(
    rooms: 'real' | 'lying' | 'silent',
    environment: Record<string, string> = {},
  ): Promise<HostileGateway> {
    const hostile = new HostileGateway();
    const settings = readSettings({
      PORT: '0',
      ONEGRID_HOST: '127.0.0.1',
      ONEGRID_DATA_DIR: hostile.#dataDir,
      ONEGRID_MIN_FREE_BYTES: '0',
      // Who has gone is forgotten soon, so that memory can be looked at.
      ONEGRID_RESUME_MS: '200',
      ONEGRID_LOG_LEVEL: 'fatal',
      // One address, and as many joins and as little processor time as there are.
      ONEGRID_JOINS_PER_MINUTE: '0',
      ONEGRID_CPU_BUDGET: '0',
      ...environment,
    });
    const log = pino(
      { level: 'error' },
      { write: (line: string) => hostile.complaints.push(line) },
    );
    const count = (type: RoomCommand['type']): void => {
      hostile.commands.set(type, (hostile.commands.get(type) ?? 0) + 1);
    };
    hostile.#gateway = await startGateway(settings, log, {
      room: () => {
        if (rooms === 'silent') {
          const room = new SilentRoom(count, () => hostile.#silentRooms.delete(room));
          hostile.#silentRooms.add(room);
          return room;
        }
        if (rooms === 'lying') return startLyingRoom(log, () => (hostile.lies += 1));
        const room = new RealRoom(count);
        hostile.realRooms.push(room);
        return room;
      },
      output: () => new InstantOutput(),
    });
    return hostile;
  }

  get port(): number {
    return this.#gateway!.port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** How many commands about media and people its rooms were sent: what came of clients' messages. */
  get reached(): number {
    const own = new Set<RoomCommand['type']>(['open', 'close', 'feed', 'unfeed', 'snapshot']);
    return [...this.commands].reduce((sum, [type, count]) => sum + (own.has(type) ? 0 : count), 0);
  }

  /** Why room processes ended that nobody had ended. */
  get deaths(): string[] {
    return this.realRooms.flatMap(({ death }) => death ?? []);
  }

  /** Whether nobody is there any more: only the spare room is left. */
  get isDeserted(): boolean {
    return this.#silentRooms.size <= 1;
  }

  async stop(): Promise<void> {
    await this.#gateway?.close();
    this.#gateway = undefined;
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
