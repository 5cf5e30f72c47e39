import { frameSamples } from './format.ts';

/** Something that can be mixed. */
export interface Voice {
  /** Who it belongs to; several voices may share an id. */
  readonly id: string;
  /** Fills the 960 samples it is given, all of them. */
  render(out: Float32Array): void;
}

/** One voice's share of a frame. */
interface Share {
  id: string;
  readonly samples: Float32Array;
}

/** A mixed frame with the voices it was made of. */
interface MixedFrame {
  readonly sum: Float32Array;
  /** Kept for reuse; only the first `count` belong to this frame. */
  readonly shares: Share[];
  count: number;
}

/** How many finished frames the bus remembers: the pre-roll of an encoder of 60 ms, and what is past of its packet. */
export const busHistory = 5;

/**
 * The mix-minus sum: every voice is added once, and whoever must not hear theirs has it subtracted again. Costs one
 * addition a sample and voice, plus one a sample and speaker. Remembers the last frames, so that an encoder can be
 * warmed with what its listener has just heard.
 */
export class MixBus {
  readonly #frames: MixedFrame[] = Array.from({ length: busHistory }, () => ({
    sum: new Float32Array(frameSamples),
    shares: [],
    count: 0,
  }));
  #index = 0;

  /** Begins a new frame, silent until voices are added; the oldest one is forgotten. */
  begin(): void {
    this.#index = (this.#index + 1) % busHistory;
    const frame = this.#frame(0);
    frame.count = 0;
    frame.sum.fill(0);
  }

  /**
   * Renders a voice into the current frame.
   *
   * @param voice - Called once, at once.
   */
  add(voice: Voice): void {
    const frame = this.#frame(0);
    let share = frame.shares[frame.count];
    if (!share) {
      share = { id: voice.id, samples: new Float32Array(frameSamples) };
      frame.shares.push(share);
    }
    frame.count++;
    share.id = voice.id;
    voice.render(share.samples);
    const { sum } = frame;
    for (let i = 0; i < frameSamples; i++) sum[i] = (sum[i] ?? 0) + (share.samples[i] ?? 0);
  }

  /**
   * Reads a mix.
   *
   * @param out - Receives 960 samples, not limited.
   * @param except - The id whose voices are left out; undefined for the full mix.
   * @param age - 0 for the newest frame, up to `busHistory - 1` for earlier ones.
   */
  read(out: Float32Array, except: string | undefined, age = 0): void {
    const frame = this.#frame(age);
    out.set(frame.sum);
    if (except === undefined) return;
    for (let v = 0; v < frame.count; v++) {
      const share = frame.shares[v];
      if (share?.id !== except) continue;
      for (let i = 0; i < frameSamples; i++) out[i] = (out[i] ?? 0) - (share.samples[i] ?? 0);
    }
  }

  /** Gives each voice of the newest frame; the arrays are used again. */
  eachVoice(receive: (id: string, samples: Float32Array) => void): void {
    const { shares, count } = this.#frame(0);
    for (let v = 0; v < count; v++) {
      const share = shares[v];
      if (share) receive(share.id, share.samples);
    }
  }

  #frame(age: number): MixedFrame {
    const frame = this.#frames[(this.#index + busHistory - age) % busHistory];
    if (!frame) throw new RangeError(`The bus keeps ${busHistory} frames; age ${age} is gone.`);
    return frame;
  }
}
