import { statfs } from 'node:fs/promises';
import { within } from '../within.ts';

/** How often it is looked while anything is written. */
const intervalMs = 1000;
/** A disk that does not answer for so long is not waited for. */
const patienceMs = 2000;
/** Who only wants to know waits less. */
const glancePatienceMs = 500;

/** How much is free on the disk of the data. A disk that hangs holds up one question, never two. */
export class Disk {
  readonly #directory: string;
  readonly #minFreeBytes: number;
  readonly #watchers = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<number | null> | undefined;

  /**
   * @param directory - on that disk
   * @param minFreeBytes - less is too little; 0: never
   */
  constructor(directory: string, minFreeBytes: number) {
    this.#directory = directory;
    this.#minFreeBytes = minFreeBytes;
  }

  /** Whether there is too little room. A disk that does not answer has the benefit of the doubt. */
  async isFull(): Promise<boolean> {
    if (this.#minFreeBytes === 0) return false;
    const free = await within(patienceMs, this.#free());
    return free !== null && free < this.#minFreeBytes;
  }

  /** How much is free, in bytes; null where the disk does not answer at once. */
  freeBytes(): Promise<number | null> {
    return within(glancePatienceMs, this.#free());
  }

  /**
   * From now on `full` is called while there is too little room.
   * @returns ends that
   */
  watch(full: () => void): () => void {
    this.#watchers.add(full);
    this.#timer ??= setInterval(() => {
      void this.#look();
    }, intervalMs);
    return () => {
      this.#watchers.delete(full);
      if (this.#watchers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  async #look(): Promise<void> {
    if (this.#asking !== undefined || !(await this.isFull())) return;
    for (const full of [...this.#watchers]) full();
  }

  /** Bytes; null where it cannot be told. */
  #free(): Promise<number | null> {
    this.#asking ??= statfs(this.#directory)
      .then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }
}
