import type { Frame } from 'node-av/lib';
import { rm } from 'node:fs/promises';
import type { Maker } from './maker.ts';
import { asOutputError } from './output-error.ts';
import type { Target } from './target.ts';

/**
 * A file in the making. Of each method one call at a time. Whatever fails, in any of them, ends the output as
 * {@link MediaOutput.abandon} does.
 */
export interface MediaOutput {
  /** Whether pictures are looked at; a .wav ignores them. */
  readonly wantsVideo: boolean;
  /** Whether sound is listened to; a .png ignores it. */
  readonly wantsAudio: boolean;
  /**
   * Takes picture number `index` (0, 1, …; its time is index / fps). One that is left out repeats the one before; an unchanged
   * one may be passed again. Of a .png the first counts. Takes 0.05 ms: the picture is encoded in the background, and the call
   * waits only while four others wait for that.
   *
   * @param frame - I420, limited range, of the output's size. The output keeps a reference to its pixels, so whoever draws on
   * it afterwards calls `makeWritable` first.
   * @throws {@link OutputError} also for an earlier picture or sound; the reason of the `signal` once that is aborted;
   * RangeError for a number that has been or another size
   */
  video(frame: Frame, index: number): Promise<void>;
  /**
   * Takes the next samples, mono at 48 kHz within [-1, 1], any count; copied. Sound is to keep up with the pictures,
   * within seconds: what comes first waits in memory, encoded, for the other.
   *
   * @throws as {@link MediaOutput.video}
   */
  audio(samples: Float32Array): Promise<void>;
  /**
   * Writes what is missing and gives the file its name.
   *
   * @throws as {@link MediaOutput.video}
   */
  finish(): Promise<void>;
  /** Gives up: nothing stays, and what had the name before is as it was. Can be called twice; does nothing after `finish`. */
  abandon(): Promise<void>;
}

/** Sees to it that an output appears as a whole or not at all. */
export class AtomicOutput implements MediaOutput {
  readonly wantsVideo: boolean;
  readonly wantsAudio: boolean;
  readonly #target: Target;
  readonly #maker: Maker;
  readonly #signal: AbortSignal | undefined;
  #finishing: Promise<void> | null = null;
  #abandoning: Promise<void> | null = null;
  #published = false;

  /**
   * Takes over a maker.
   *
   * @param maker - Writes at the target's temporary place.
   */
  constructor(target: Target, maker: Maker, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#maker = maker;
    this.#signal = signal;
    this.wantsVideo = maker.wantsVideo;
    this.wantsAudio = maker.wantsAudio;
  }

  video(frame: Frame, index: number): Promise<void> {
    return this.#attempt(() => this.#maker.video(frame, index));
  }

  audio(samples: Float32Array): Promise<void> {
    return this.#attempt(() => this.#maker.audio(samples));
  }

  finish(): Promise<void> {
    return this.#attempt(() => (this.#finishing ??= this.#finish()));
  }

  abandon(): Promise<void> {
    this.#abandoning ??= this.#abandon();
    return this.#abandoning;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      this.#check();
      await work();
    } catch (error) {
      await this.abandon();
      throw asOutputError(error, this.#target.name);
    }
  }

  async #finish(): Promise<void> {
    await this.#maker.complete();
    this.#check();
    await this.#maker.publish(this.#target);
    this.#published = true;
    await this.#release(new Error('The output is finished.'));
  }

  async #abandon(): Promise<void> {
    // The encoders may be at work for it.
    await this.#finishing?.catch(() => undefined);
    if (!this.#published) await this.#release(abandoned());
  }

  async #release(reason: Error): Promise<void> {
    await this.#maker.close(reason);
    await discard(this.#target);
  }

  #check(): void {
    this.#signal?.throwIfAborted();
    if (this.#abandoning !== null) throw abandoned();
  }
}

/** Removes what is at a target's temporary place. */
export async function discard({ temporary }: Target): Promise<void> {
  // What a broken disk does not remove cannot be helped; what broke it has been said.
  await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
}

const abandoned = (): Error => new Error('The output was abandoned.');
