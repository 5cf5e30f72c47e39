import { type AudioSource, frameSamples, sampleRate } from '../audio/index.ts';
import { Envelope, type SoundSwitch } from './envelope.ts';

/**
 * How far ahead of the mix a source is kept, in samples: the target level of its ring, so that the ring never corrects
 * anything and what is pushed for a moment of the output is heard at exactly that moment.
 */
const aheadSamples = sampleRate * 0.03;

/** Reading ahead saves calls; 0.2 s. */
const readAheadSamples = sampleRate / 5;

/** Where a participant's sound comes from. */
export interface SoundInput {
  /** The next samples: mono at 48 kHz, silence where there are none. */
  samples(count: number): Promise<Float32Array>;
}

/** When a participant is heard; in samples of the output. */
export interface VoiceTimes {
  readonly joinAt: number;
  readonly leaveAt: number;
  readonly switches: readonly SoundSwitch[];
}

/** Brings one participant's sound into the mix, each sample at its exact place in the output. */
export class Voice {
  /** The first tick of the mix for which something is pushed: silence, in which the source's own fade-in is lost. */
  readonly firstTick: number;
  /** The first tick to which nothing of it belongs any more. */
  readonly endTick: number;
  readonly #input: SoundInput;
  readonly #envelope: Envelope;
  readonly #joinAt: number;
  readonly #leaveAt: number;
  /** The end of what was read, in samples of the output. */
  #read: number;
  /** The end of what was pushed. */
  #pushed: number;
  /** What was read and not pushed. */
  readonly #queue: Float32Array[] = [];

  constructor(input: SoundInput, { joinAt, leaveAt, switches }: VoiceTimes) {
    this.firstTick = Math.floor(joinAt / frameSamples) - 1;
    this.endTick = Math.ceil(leaveAt / frameSamples);
    this.#input = input;
    this.#envelope = new Envelope(switches, joinAt);
    this.#joinAt = joinAt;
    this.#leaveAt = leaveAt;
    this.#read = joinAt;
    this.#pushed = this.firstTick * frameSamples;
  }

  /** Reads what has to be pushed before the ticks up to `endTick` (excluded). One call at a time. */
  async read(endTick: number): Promise<void> {
    // A tick more than is pushed, so that whoever leaves within these ticks has been read to the end.
    const needed = horizonOf(endTick);
    if (needed <= this.#read || this.#read >= this.#leaveAt) return;
    const end = Math.min(needed + readAheadSamples, this.#leaveAt);
    const count = end - this.#read;
    const samples = (await this.#input.samples(count)).slice();
    this.#read = end;
    this.#envelope.apply(samples);
    this.#queue.push(samples);
  }

  /** Pushes what belongs before `tick`; to be called once for each tick from the first one on. */
  push(source: AudioSource, tick: number): void {
    const horizon = horizonOf(tick);
    this.#pushSilence(source, Math.min(this.#joinAt, horizon));
    while (this.#pushed < horizon) {
      const block = this.#queue.shift();
      if (block === undefined) break;
      const room = horizon - this.#pushed;
      if (block.length > room) this.#queue.unshift(block.subarray(room));
      const taken = block.subarray(0, room);
      source.pushMono(taken);
      this.#pushed += taken.length;
    }
    this.#pushSilence(source, horizon);
  }

  #pushSilence(source: AudioSource, end: number): void {
    if (end <= this.#pushed) return;
    source.pushMono(new Float32Array(end - this.#pushed));
    this.#pushed = end;
  }
}

/** The end of what must have been pushed before a tick. */
function horizonOf(tick: number): number {
  return tick * frameSamples + aheadSamples;
}
