import type { EncodingLike, Platform, SenderLike, TrackLike } from './platform.ts';
import { encodingFor, firstDemand, type VideoDemand } from './video-encoding.ts';

/** How often a track is looked at: a turned phone or a resized window tells nobody. Milliseconds. */
const lookMs = 1000;

/**
 * Keeps what a video sender encodes at what the server asks for, whatever track it has. Changes nothing of the track:
 * its preview stays as it is.
 */
export class VideoShaper {
  readonly #after: Platform['after'];
  #demand: VideoDemand;
  #placed: { readonly sender: SenderLike; readonly track: TrackLike } | null = null;
  /** What the sender was last given, as text; null if it may have something else. */
  #applied: string | null = null;
  #isStale = false;
  /** One change after the other: each has to read the parameters the one before it left. */
  #running: Promise<void> | null = null;
  #cancelLook: () => void = () => undefined;
  #closed = false;

  constructor(platform: Pick<Platform, 'after'>, demand: VideoDemand | null) {
    this.#after = platform.after.bind(platform);
    this.#demand = demand ?? firstDemand;
  }

  /** What a track's sender is to begin with. */
  encodingOf(track: TrackLike): EncodingLike {
    return encodingFor(this.#demand, track);
  }

  /** The server wants something else; the last word counts. */
  async setDemand(demand: VideoDemand): Promise<void> {
    this.#demand = demand;
    await this.#refresh();
  }

  /** The sender has another track now, or none. */
  async place(sender: SenderLike, track: TrackLike | null): Promise<void> {
    this.#placed = track && { sender, track };
    this.#applied = null;
    this.#cancelLook();
    if (track === null || this.#closed) return;
    this.#lookAgain();
    await this.#refresh();
  }

  /** Changes nothing any more; may be called twice. */
  close(): void {
    this.#closed = true;
    this.#cancelLook();
  }

  #lookAgain(): void {
    this.#cancelLook = this.#after(lookMs, () => {
      this.#lookAgain();
      void this.#refresh();
    });
  }

  #refresh(): Promise<void> {
    this.#isStale = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isStale && !this.#closed && this.#placed !== null) {
      this.#isStale = false;
      const placed = this.#placed;
      const encoding = encodingFor(this.#demand, placed.track);
      const text = JSON.stringify(encoding);
      if (text === this.#applied) continue;
      const taken = await shape(placed.sender, encoding);
      // One that was not taken is tried again at the next look.
      if (placed === this.#placed) this.#applied = taken ? text : null;
    }
  }
}

/**
 * The size is the server's choice: left to themselves browsers halve it for any lively picture, and take 10 s to go back.
 * @returns whether the browser took it; what it does not know is left out
 */
async function shape(sender: SenderLike, encoding: EncodingLike): Promise<boolean> {
  const { maxFramerate: _, ...plain } = encoding;
  for (const [change, more] of [
    [encoding, { degradationPreference: 'maintain-resolution' }],
    [plain, {}],
  ] as const) {
    try {
      // Read right before: parameters are good for one setParameters (WebRTC, section 5.2, transactionId).
      const parameters = sender.getParameters();
      const [first = {}] = parameters.encodings ?? [];
      await sender.setParameters({ ...parameters, ...more, encodings: [{ ...first, ...change }] });
      return true;
    } catch {
      // Not every browser knows all of it.
    }
  }
  return false;
}
