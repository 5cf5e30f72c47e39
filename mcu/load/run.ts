import { setTimeout as sleep } from 'node:timers/promises';
import { type ClipLibrary, clipOptions } from './clip-library.ts';
import { type LoadEngine, openEngine } from './engine.ts';
import { filePictures } from './file-pictures.ts';
import { fileSound } from './file-sound.ts';
import { colours, generatedPictures } from './generated-pictures.ts';
import type { LoadOptions } from './load-options.ts';
import type { ParticipantHooks } from './participant-options.ts';
import { SyntheticParticipant } from './participant.ts';
import type { Pictures } from './pictures.ts';
import { detailsOf, type LoadReport, type ParticipantReport, reportOf } from './report.ts';
import { reach, signallingAddress } from './signalling.ts';
import { silence, type Sound, voice } from './sound.ts';

/** The size of the uplink before the server asks for one: a camera's. */
const firstSize = { width: 640, height: 360 };
/** Lengths of sound packets that are encoded ahead, in milliseconds. */
const usualFrameMs = [10, 20];
/** Mean pitches of the voices, in Hz. */
const pitches = [115, 190, 150, 220, 130, 205, 170, 240];

/** The server could not be reached at all. */
export class UnreachableError extends Error {}

/** Who surrounds a run. */
export interface LoadSurroundings {
  /** Ends the run early; everybody leaves and the report is made. */
  readonly signal: AbortSignal;
  /** Told what is being done, in short lines. */
  readonly progress?: ((line: string) => void) | undefined;
  /** Hooks for the participant of a number, in the order of joining, from 0. */
  readonly hooks?: ((index: number) => ParticipantHooks) | undefined;
  /** Clips of earlier runs, so that they need not be encoded again. */
  readonly library?: ClipLibrary | undefined;
  /** What the participant of a number sends instead of the usual; null: the usual. */
  readonly pictures?: ((index: number) => Pictures | null) | undefined;
}

/** What a run gives. */
export interface LoadResult {
  readonly report: LoadReport;
  readonly details: readonly ParticipantReport[];
}

/** A place in a room: whoever takes it, one after the other. */
interface Seat {
  readonly room: string;
  readonly sends: { readonly pictures: Pictures | null; readonly sound: Sound } | null;
  participant: SyntheticParticipant | null;
}

/**
 * Runs synthetic participants against a server.
 *
 * @param options - What is done.
 * @param surroundings - Who ends it, and who is told.
 * @returns What came of it, when everybody has left.
 * @throws UnreachableError when nothing answers at the URL; TypeError when it is none; InputError when the clip cannot
 *   be read.
 */
export async function runLoad(
  options: LoadOptions,
  surroundings: LoadSurroundings,
): Promise<LoadResult> {
  const address = signallingAddress(options.url);
  const seats = await seatsOf(options, surroundings);
  const problem = await reach(address);
  if (problem !== null) throw new UnreachableError(problem.message);
  const run = new Run(options, address, seats, surroundings);
  return run.go();
}

async function seatsOf(options: LoadOptions, { pictures: own }: LoadSurroundings): Promise<Seat[]> {
  const { rooms, room, participants, listeners, speakers, clip } = options;
  const fromFile =
    clip === undefined
      ? null
      : { pictures: await filePictures(clip), sound: await fileSound(clip) };
  const voices = pitches.map(voice);
  const nameOf = (index: number): string => (rooms === 1 ? room : `${room}-${index + 1}`);
  const soundOf = (place: number): Sound =>
    place < speakers ? (fromFile?.sound ?? voices[place % voices.length] ?? silence) : silence;
  const senders = Array.from({ length: participants }, (_, index): Seat => {
    // Round by round, so that rooms fill evenly.
    const place = Math.floor(index / rooms);
    return {
      room: nameOf(index % rooms),
      sends: {
        pictures: own?.(index) ?? fromFile?.pictures ?? generatedPictures(place % colours.length),
        sound: soundOf(place),
      },
      participant: null,
    };
  });
  const quiet = Array.from({ length: listeners }, (_, index): Seat => ({
    room: nameOf(index % rooms),
    sends: null,
    participant: null,
  }));
  return [...senders, ...quiet];
}

/** Tells what this process has used since, in percent of a core. */
function cpuMeter(): () => number {
  const [before, since] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 10 / Math.max(1, performance.now() - since);
  };
}

class Run {
  readonly #options: LoadOptions;
  readonly #address: string;
  readonly #seats: readonly Seat[];
  readonly #surroundings: LoadSurroundings;
  readonly #engine: LoadEngine;
  readonly #everybody: SyntheticParticipant[] = [];
  readonly #leaving: Promise<void>[] = [];

  constructor(
    options: LoadOptions,
    address: string,
    seats: readonly Seat[],
    surroundings: LoadSurroundings,
  ) {
    this.#options = options;
    this.#address = address;
    this.#seats = seats;
    this.#surroundings = surroundings;
    this.#engine = openEngine(surroundings.library);
  }

  async go(): Promise<LoadResult> {
    const started = performance.now();
    const { signal, progress } = this.#surroundings;
    await this.#encodeAhead();
    const reporter = setInterval(() => progress?.(this.#status()), 5000);
    let cpu = cpuMeter();
    let cpuPercent = 0;
    try {
      await this.#fill();
      cpu = cpuMeter();
      await this.#stay();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(reporter);
      cpuPercent = cpu();
      await Promise.all([...this.#leaving, ...this.#everybody.map((each) => each.leave())]);
    }
    const seconds = (performance.now() - started) / 1000;
    const outcome = {
      participants: this.#everybody,
      gaps: this.#engine.gaps,
      cpuPercent,
      seconds,
    };
    return { report: reportOf(outcome), details: detailsOf(this.#everybody) };
  }

  async #encodeAhead(): Promise<void> {
    const { size, fps } = this.#options;
    const { signal, progress } = this.#surroundings;
    const { library } = this.#engine;
    progress?.('encoding clips');
    for (const { sends } of this.#seats) {
      if (sends === null || signal.aborted) continue;
      for (const frameMs of usualFrameMs) await library.sound(sends.sound, frameMs);
      if (sends.pictures === null) continue;
      await library.video(sends.pictures, clipOptions({ ...(size ?? firstSize), fps }));
    }
  }

  /** Everybody joins, evenly over the ramp. */
  async #fill(): Promise<void> {
    const { ramp } = this.#options;
    const started = performance.now();
    for (const [index, seat] of this.#seats.entries()) {
      const dueMs = this.#seats.length < 2 ? 0 : (ramp * 1000 * index) / (this.#seats.length - 1);
      await this.#sleep(started + dueMs - performance.now());
      this.#sit(seat);
    }
  }

  /** The run itself; with churn, the later half of the seats is taken by one after the other. */
  async #stay(): Promise<void> {
    const { duration, churn } = this.#options;
    const endMs = duration === 0 ? Infinity : performance.now() + duration * 1000;
    const changing = this.#seats.slice(Math.ceil(this.#seats.length / 2));
    const everyMs = churn > 0 && changing.length > 0 ? 60_000 / churn : Infinity;
    let changeMs = performance.now() + everyMs;
    for (let turn = 0; ; turn += 1) {
      // Timers take 24 days at the most.
      const untilMs = Math.min(endMs, changeMs, performance.now() + 3_600_000);
      await this.#sleep(untilMs - performance.now());
      if (performance.now() >= endMs) return;
      if (performance.now() < changeMs) continue;
      changeMs += everyMs;
      const seat = changing[turn % changing.length];
      if (seat === undefined) continue;
      if (seat.participant !== null) this.#leaving.push(seat.participant.leave());
      this.#sit(seat);
    }
  }

  #sit(seat: Seat): void {
    const { fps, codec, quality, loss, token, size } = this.#options;
    const number = this.#everybody.length;
    const participant = new SyntheticParticipant(
      {
        address: this.#address,
        room: seat.room,
        name: `Load ${number + 1}`,
        token,
        sends: seat.sends,
        size: { ...(size ?? firstSize), fixed: size !== undefined },
        fps,
        codec,
        quality,
        loss,
      },
      this.#engine,
      this.#surroundings.hooks?.(number),
    );
    seat.participant = participant;
    this.#everybody.push(participant);
    participant.join();
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#surroundings;
    if (ms > 0) await sleep(ms, undefined, { signal });
    else signal.throwIfAborted();
  }

  #status(): string {
    const there = this.#everybody.filter(({ joinMs }) => joinMs !== null).length;
    const errors = this.#everybody.reduce((sum, each) => sum + each.errors.length, 0);
    const rates = this.#everybody
      .filter(({ state }) => state === 'joined')
      .map(({ reception }) => reception.perSecond.at(-2) ?? 0);
    const least = rates.length === 0 ? '' : `, ${Math.min(...rates)} to ${Math.max(...rates)} fps`;
    return `${there} of ${this.#everybody.length} joined${least}, ${errors} errors`;
  }
}
