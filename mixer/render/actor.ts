import type { Picture } from '../compositor/index.ts';
import { type MediaInput, openMedia } from '../input/index.ts';
import type { CastMember } from './cast.ts';
import type { ReadyMedia } from './ready-media.ts';
import type { Shown } from './scene.ts';

/** Which parts of a participant's media are opened. */
export interface Parts {
  readonly video: boolean;
  readonly audio: boolean;
}

/** A participant whose media is open. Moments are seconds of the output. */
export class Actor {
  readonly member: CastMember;
  /** What the picture is composed of. */
  readonly shown: Shown;
  readonly #input: MediaInput;
  #picture: Picture | null = null;
  #isClosed = false;

  private constructor(member: CastMember, input: MediaInput) {
    const { id, name } = member;
    this.member = member;
    this.#input = input;
    this.shown = { id, name, source: input.hasVideo ? { latest: () => this.#picture } : null };
  }

  /**
   * Opens the parts of a participant's media that are there.
   *
   * @param ready - Where it may be open already.
   * @throws InputError
   */
  static async open(member: CastMember, parts: Parts, ready?: ReadyMedia): Promise<Actor> {
    const { media, mediaOffset } = member;
    const opened = mediaOffset === 0 ? ready?.take(media) : undefined;
    return new Actor(
      member,
      opened ?? (await openMedia(media, { startSeconds: mediaOffset, ...parts })),
    );
  }

  /** Damaged packets that were left out so far. */
  get errors(): number {
    return this.#input.errors;
  }

  /** Decodes up to the picture of a moment, which is never before the last one. */
  async see(seconds: number): Promise<void> {
    this.#picture = await this.#input.pictureAt(Math.max(seconds - this.member.joinAt, 0));
  }

  /** The next samples, see {@link MediaInput.samples}; silence once it is closed. */
  async samples(count: number): Promise<Float32Array> {
    return this.#isClosed ? new Float32Array(count) : this.#input.samples(count);
  }

  /** Frees everything. Can be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#picture = null;
    this.#input.close();
  }
}
