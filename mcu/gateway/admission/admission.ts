import type { RoomLoad } from '../../protocol/ipc.ts';
import { LoadBook } from './load-book.ts';

/** Somebody who would open a room, or come to one that is open. */
export type Newcomer = { readonly opens: boolean; readonly cores: number };

/** An estimate beyond the budget is believed once so much of it is used, as measured ... */
const believedShare = 0.5;
/** ... and without that when it is so many times the budget. */
const absurdShare = 2.5;
/** While rooms do not keep their rate none is opened from this part of the budget on. */
const strainedShare = 0.5;

/** What an {@link Admission} decides by. */
export interface AdmissionState {
  /** Cores that may be used. */
  readonly budget: number;
  /** Cores that are used, as measured. */
  readonly measured: number;
  /** Cores that those will take who came lately, as estimated. */
  readonly expected: number;
  /** Whether some room does not keep its rate. */
  readonly isStrained: boolean;
}

/**
 * Whether there is processor time for somebody. What is measured counts for more than what is estimated: machines differ, and so do
 * cameras. Rooms are refused sooner than people who come to one: a room is the most one can ask for.
 */
export function hasTimeFor({ opens, cores }: Newcomer, state: AdmissionState): boolean {
  const { budget, measured, expected, isStrained } = state;
  const after = measured + expected + cores;
  if (opens && isStrained && after > strainedShare * budget) return false;
  if (after <= budget) return true;
  return measured < believedShare * budget && after <= absurdShare * budget;
}

/** What an {@link Admission} needs. */
export interface AdmissionOptions {
  /** Cores that may be used; 0: any. */
  readonly budget: number;
  /** Processor time of the gateway itself, in seconds. */
  readonly ownCpuSeconds: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

const ownKey = 'gateway';

/** Keeps the rooms of this server to a budget of processor time. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #book = new LoadBook();

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#readOwn();
  }

  /** Cores that may be used; 0: any. */
  get budget(): number {
    return this.#options.budget;
  }

  /** Cores that are used, as measured. */
  get measured(): number {
    return this.#book.measured;
  }

  /** Cores that those will take who came lately, as estimated. */
  get expected(): number {
    return this.#book.expected(this.#options.now());
  }

  /** Rooms that do without something, because their process has too little time. */
  get saving(): number {
    return this.#book.saving;
  }

  /** Takes what a room process says about itself. */
  read(pid: number, load: RoomLoad): void {
    this.#book.read(String(pid), load.cpuSeconds, load, this.#options.now());
    this.#readOwn();
  }

  /** A room process is gone. */
  forget(pid: number): void {
    this.#book.forget(String(pid));
  }

  /** Whether there is processor time for somebody now. */
  hasTimeFor(newcomer: Newcomer): boolean {
    const { budget } = this.#options;
    this.#readOwn();
    const { measured, expected } = this;
    const { isStrained } = this.#book;
    const likely = { ...newcomer, cores: this.#coresOf(newcomer) };
    return budget === 0 || hasTimeFor(likely, { budget, measured, expected, isStrained });
  }

  /** Somebody was let in. */
  admit(newcomer: Newcomer): void {
    this.#book.add(this.#coresOf(newcomer), this.#options.now());
  }

  /** On a slower machine than that of the estimates a room takes what rooms take here. */
  #coresOf({ opens, cores }: Newcomer): number {
    return opens ? Math.max(cores, this.#book.meanRoom) : cores;
  }

  #readOwn(): void {
    const { ownCpuSeconds, now } = this.#options;
    this.#book.read(ownKey, ownCpuSeconds(), null, now());
  }
}
