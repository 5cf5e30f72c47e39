import type { Death } from './death.ts';
import type { RoomProcess, StartRoomProcess } from './room-process.ts';

/**
 * Keeps one room process started ahead, so that the first join of a room does not wait for native
 * libraries to load.
 */
export class SpareProcess {
  readonly #start: StartRoomProcess;
  readonly #died: (process: RoomProcess, death: Death) => void;
  #spare: RoomProcess | undefined;
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param died - told of a spare that ended by itself */
  constructor(start: StartRoomProcess, died: (process: RoomProcess, death: Death) => void) {
    this.#start = start;
    this.#died = died;
    this.#fill();
  }

  #fill(): void {
    if (this.#closed || this.#spare !== undefined) return;
    const spare = this.#start();
    this.#spare = spare;
    spare.attach({
      event: () => undefined,
      ended: (death) => {
        if (this.#spare !== spare || this.#closed) return;
        this.#spare = undefined;
        this.#died(spare, death);
        this.#fillLater(1000);
      },
    });
  }

  /** Starting a process takes CPU that the room just opened needs more. */
  #fillLater(delayMs: number): void {
    clearTimeout(this.#refill);
    this.#refill = setTimeout(() => {
      this.#fill();
    }, delayMs);
  }

  /** The spare, or a new process if there is none; a new spare follows shortly. */
  take(): RoomProcess {
    const spare = this.#spare ?? this.#start();
    this.#spare = undefined;
    if (!this.#closed) this.#fillLater(1500);
    return spare;
  }

  /** Kills the spare at once. */
  kill(): void {
    this.#closed = true;
    this.#spare?.kill();
  }

  /** Ends the spare; none is started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refill);
    await this.#spare?.end();
    this.#spare = undefined;
  }
}
