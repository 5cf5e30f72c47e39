import type { Death } from './death.ts';
import type { RoomProcess, StartRoomProcess } from './room-process.ts';

/** What a process is taken for. */
export type Purpose = 'opening' | 'healing';

/**
 * How long the next spare waits: starting one takes up to a second of CPU, which the room just opened, or the server itself, needs
 * more; most of all where a process has died and everybody in its room comes back at once.
 */
const refillMs = { opening: 1500, healing: 5000 } as const;
/** After one that died by itself. */
const diedRefillMs = 1000;

/**
 * Keeps room processes started ahead, so that the first join of a room does not wait for native
 * libraries to load.
 */
export class SpareProcesses {
  readonly #start: StartRoomProcess;
  readonly #wanted: number;
  readonly #died: (process: RoomProcess, death: Death) => void;
  readonly #spares: RoomProcess[] = [];
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param wanted - how many; the first is started at once, one after the other follows
   * @param died - told of a spare that ended by itself
   */
  constructor(
    start: StartRoomProcess,
    wanted: number,
    died: (process: RoomProcess, death: Death) => void,
  ) {
    this.#start = start;
    this.#wanted = wanted;
    this.#died = died;
    this.#fill();
  }

  #fill(): void {
    if (this.#closed || this.#spares.length >= this.#wanted) return;
    const spare = this.#start();
    this.#spares.push(spare);
    spare.attach({
      event: () => undefined,
      ended: (death) => {
        const at = this.#spares.indexOf(spare);
        if (at < 0 || this.#closed) return;
        this.#spares.splice(at, 1);
        this.#died(spare, death);
        this.#fillLater(diedRefillMs);
      },
    });
    this.#fillLater(refillMs.opening);
  }

  #fillLater(delayMs: number): void {
    clearTimeout(this.#refill);
    if (this.#closed || this.#spares.length >= this.#wanted) return;
    this.#refill = setTimeout(() => {
      this.#fill();
    }, delayMs);
  }

  /** The oldest spare, or a new process if there is none; a new spare follows shortly. */
  take(purpose: Purpose): RoomProcess {
    const spare = this.#spares.shift() ?? this.#start();
    this.#fillLater(refillMs[purpose]);
    return spare;
  }

  /** Kills the spares at once. */
  kill(): void {
    this.#closed = true;
    for (const spare of this.#spares) spare.kill();
  }

  /** Ends the spares; none is started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refill);
    await Promise.all(this.#spares.splice(0).map((spare) => spare.end()));
  }
}
