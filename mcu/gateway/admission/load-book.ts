import type { RoomLoad } from '../../protocol/ipc.ts';

/** Newer measurements count for more: so long ago they count for a third, in milliseconds. */
const memoryMs = 3000;
/** Who has just come is not in what was measured yet; after so long they are, in milliseconds. */
const newMs = 8000;
/** From so many ticks too late on, as a part of all, a room does not keep its rate. */
const strainedShare = 0.1;

interface Reading {
  cpuSeconds: number;
  atMs: number;
  /** Cores; null before there were two readings. */
  cores: number | null;
  load: RoomLoad | null;
}

/** What the processes of this server take, as measured, and what those take who have just come, as estimated. */
export class LoadBook {
  readonly #readings = new Map<string, Reading>();
  #newcomers: readonly { readonly cores: number; readonly atMs: number }[] = [];

  /**
   * Takes a reading of a process.
   * @param key - of the process
   * @param cpuSeconds - processor time since it was started
   * @param nowMs - monotonic milliseconds, here and below
   */
  read(key: string, cpuSeconds: number, load: RoomLoad | null, nowMs: number): void {
    const before = this.#readings.get(key);
    if (before === undefined) {
      this.#readings.set(key, { cpuSeconds, atMs: nowMs, cores: null, load });
      return;
    }
    before.load = load;
    const elapsedMs = nowMs - before.atMs;
    if (elapsedMs < 100) return;
    const cores = Math.max(0, cpuSeconds - before.cpuSeconds) / (elapsedMs / 1000);
    const weight = 1 - Math.exp(-elapsedMs / memoryMs);
    before.cores = before.cores === null ? cores : before.cores + weight * (cores - before.cores);
    before.cpuSeconds = cpuSeconds;
    before.atMs = nowMs;
  }

  /** A process is gone. */
  forget(key: string): void {
    this.#readings.delete(key);
  }

  /** Somebody has come who takes so many cores, by estimate. */
  add(cores: number, nowMs: number): void {
    this.#newcomers = [
      ...this.#newcomers.filter(({ atMs }) => nowMs - atMs < newMs),
      { cores, atMs: nowMs },
    ];
  }

  /** What all processes take, measured; cores. */
  get measured(): number {
    let sum = 0;
    for (const { cores } of this.#readings.values()) sum += cores ?? 0;
    return sum;
  }

  /** What a room takes in the mean, measured; cores, 0 where there is none. */
  get meanRoom(): number {
    const rooms = Array.from(this.#readings.values()).flatMap(({ cores, load }) =>
      load === null || cores === null ? [] : [cores],
    );
    return rooms.reduce((sum, cores) => sum + cores, 0) / Math.max(1, rooms.length);
  }

  /** What is still to come of those who came lately, by estimate; cores. */
  expected(nowMs: number): number {
    return this.#newcomers.reduce(
      (sum, { cores, atMs }) => sum + cores * Math.max(0, 1 - (nowMs - atMs) / newMs),
      0,
    );
  }

  /** Whether some room does not keep its rate, or only because it does without something. */
  get isStrained(): boolean {
    return Array.from(this.#readings.values()).some(
      ({ load }) => load !== null && (load.level > 0 || load.skippedShare > strainedShare),
    );
  }

  /** Rooms that do without something. */
  get saving(): number {
    return Array.from(this.#readings.values()).filter(({ load }) => (load?.level ?? 0) > 0).length;
  }
}
