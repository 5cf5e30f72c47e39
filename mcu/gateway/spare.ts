import type { RoomProcess, StartRoomProcess } from './room-process.ts';

/**
 * Keeps one room process started ahead, so that the first join of a room does not wait for native
 * libraries to load.
 */
export class SpareProcess {
  readonly #start: StartRoomProcess;
  #spare: RoomProcess | undefined;
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(start: StartRoomProcess) {
    this.#start = start;
    this.#fill();
  }

  #fill(): void {
    if (this.#closed || this.#spare !== undefined) return;
    const spare = this.#start();
    this.#spare = spare;
    spare.attach({
      event: () => undefined,
      ended: () => {
        if (this.#spare !== spare) return;
        this.#spare = undefined;
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
