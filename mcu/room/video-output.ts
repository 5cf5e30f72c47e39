import type { Frame } from 'node-av/lib';
import { type AccessUnit, Rung, rungPlan, type VideoRungName } from '../../mixer/encode/index.ts';
import { type PacketizedFrame, packetizeH264, packetizeVp8 } from '../rtp/index.ts';
import type { VideoCodec, VideoFeed, VideoSubscription, Viewer } from './feeds.ts';
import type { Watched } from './uplink-demand.ts';

/** Replayed pictures are this far apart for the receiver: it shows the last one at once. */
const replaySpacingMs = 1;

const codecs = ['h264', 'vp8'] as const;

/** What is encoded: a composite of one size. */
export interface Composite {
  /** Not to be composed on, nor closed, while an encoder reads it. */
  readonly frame: Frame;
  /** Whether the last `compose` drew everything there is to be drawn. */
  readonly isComplete: boolean;
  /** Brings the frame up to date. */
  compose(nowMs: number): unknown;
}

/** Makes composites, and takes them back. */
export interface CompositeSource<Made extends Composite> {
  /** Makes one of a size in pixels. */
  open(size: { readonly width: number; readonly height: number }): Made;
  /** Frees one. */
  close(composite: Made): void;
}

/** What a {@link VideoOutput} needs. */
export interface VideoOutputOptions<Made extends Composite> {
  /** The composite of `high`. */
  readonly canvas: { readonly width: number; readonly height: number };
  /** Ticks a second. */
  readonly fps: number;
  /** Those that may be watched. */
  readonly rungs: readonly VideoRungName[];
  readonly composites: CompositeSource<Made>;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** The moment of the room that the picture of a tick shows. */
  readonly timeOfTick: (tick: number) => number;
  /** An encoder failed; another one follows. */
  readonly onError: (error: unknown) => void;
  /** Told how long, in milliseconds, the composing and the encoding of a tick took; not where nothing was composed. */
  readonly onTick?: (composeMs: number, encodeMs: number) => void;
  /** How encoders are opened, where it is not as usual. */
  readonly openEncoder?: ConstructorParameters<typeof Rung>[1];
}

/** One shared encode. */
interface Encode {
  readonly name: VideoRungName;
  readonly codec: VideoCodec;
  readonly rung: Rung;
  /** Pictures a second. */
  readonly fps: number;
  readonly bitsPerSecond: number;
}

/** A size of picture, and the rungs that are of it. */
interface View<Made extends Composite> {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly encodes: Encode[];
  /** There only while somebody watches one of the rungs. */
  composite: Made | null;
  /** Whether everything has been drawn since it was made: before that nobody is shown it. */
  ready: boolean;
}

/** What is told about an encode. */
export interface EncodeState {
  readonly name: VideoRungName;
  readonly codec: VideoCodec;
  /** Whether there is an encoder. */
  readonly active: boolean;
  /** Keyframes made so far. */
  readonly keyframes: number;
  /** Who gets it: receivers, recordings and streams. */
  readonly viewers: number;
  /** What it is encoded for, bits a second. */
  readonly bitsPerSecond: number;
}

/**
 * Composes, encodes and packetizes what is watched, once for all who watch it, and nothing else: rungs of one size share
 * a composite.
 */
export class VideoOutput<Made extends Composite = Composite> implements VideoFeed {
  readonly #options: VideoOutputOptions<Made>;
  /** Largest first. */
  readonly #views: View<Made>[] = [];
  readonly #packetized = new WeakMap<AccessUnit, PacketizedFrame>();
  /** Of the VP8 picture made last, by its encode. */
  readonly #pictureIds = new Map<Encode, number>();
  /** The greatest of all encodes. */
  #pictureId = 0;

  constructor(options: VideoOutputOptions<Made>) {
    this.#options = options;
    for (const name of options.rungs) {
      const { video } = rungPlan(name, { ...options.canvas, fps: options.fps });
      if (video === null) continue;
      const { width, height, scale } = video;
      let view = this.#views.find((known) => known.width === width && known.height === height);
      if (view === undefined) {
        view = { width, height, scale, encodes: [], composite: null, ready: false };
        this.#views.push(view);
      }
      for (const codec of codecs) {
        const rung = new Rung({ codec, ...video }, options.openEncoder);
        const { fps, bitsPerSecond } = video;
        view.encodes.push({ name, codec, rung, fps, bitsPerSecond });
      }
    }
  }

  /** The largest of the pictures that somebody watches, and the rate of the fastest. */
  get watched(): Watched {
    let [scale, fps] = [0, 0];
    for (const view of this.#views) {
      for (const encode of view.encodes) {
        if (encode.rung.consumers === 0) continue;
        scale = Math.max(scale, view.scale);
        fps = Math.max(fps, encode.fps);
      }
    }
    return { scale, fps };
  }

  /** All encodes there may be. */
  get encodes(): EncodeState[] {
    return this.#views.flatMap(({ encodes }) =>
      encodes.map(({ name, codec, rung, bitsPerSecond }) => ({
        name,
        codec,
        active: rung.active,
        keyframes: rung.keyframes,
        viewers: rung.consumers,
        bitsPerSecond,
      })),
    );
  }

  /** @throws RangeError for a rung that may not be watched */
  watch(name: VideoRungName, codec: VideoCodec, viewer: Viewer): VideoSubscription {
    const { now, timeOfTick } = this.#options;
    const encode = this.#views
      .flatMap(({ encodes }) => encodes)
      .find((candidate) => candidate.name === name && candidate.codec === codec);
    if (encode === undefined) throw new RangeError(`The rung ${name} may not be watched.`);
    const { rung } = encode;
    const show = (unit: AccessUnit, atMs: number): void => {
      viewer(this.#packetize(unit, encode), unit.tick, atMs);
    };
    const consumer = (unit: AccessUnit): void => {
      show(unit, timeOfTick(unit.tick));
    };
    const replay = rung.attach(consumer, now());
    const newest = timeOfTick(replay.at(-1)?.tick ?? 0);
    replay.forEach((unit, index) => {
      show(unit, newest - (replay.length - 1 - index) * replaySpacingMs);
    });
    return {
      get viewers() {
        return rung.consumers;
      },
      requestKeyframe() {
        rung.requestKeyframe();
      },
      close() {
        rung.detach(consumer);
      },
    };
  }

  /** Shows the picture of a tick to all who watch. One call at a time. */
  async run(tick: number): Promise<void> {
    const { now, onTick } = this.#options;
    const encoding: Promise<void>[] = [];
    const startMs = now();
    let encodeStartMs = startMs;
    let composeMs = 0;
    for (const view of this.#views) {
      const beforeMs = now();
      const frame = this.#compose(view, tick);
      if (frame === null) continue;
      composeMs += now() - beforeMs;
      // The largest, which is the first, is encoded on other threads while the smaller ones are composed.
      if (encoding.length === 0) encodeStartMs = now();
      for (const encode of view.encodes) {
        if (view.ready && encode.rung.isDue(tick)) encoding.push(this.#encode(encode, frame, tick));
      }
    }
    await Promise.all(encoding);
    if (composeMs > 0) onTick?.(composeMs, now() - encodeStartMs);
  }

  /** The picture of a tick; null where nobody wants it. */
  #compose(view: View<Made>, tick: number): Frame | null {
    const { composites, now } = this.#options;
    if (!isWatched(view)) {
      if (view.composite !== null) composites.close(view.composite);
      view.composite = null;
      view.ready = false;
      return null;
    }
    // A new one is composed in every tick until it is complete.
    if (view.ready && !view.encodes.some(({ rung }) => rung.isDue(tick))) return null;
    view.composite ??= composites.open(view);
    view.composite.compose(now());
    view.ready ||= view.composite.isComplete;
    return view.composite.frame;
  }

  async #encode({ rung }: Encode, frame: Frame, tick: number): Promise<void> {
    try {
      await rung.encode(frame, tick, this.#options.now());
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #packetize(unit: AccessUnit, encode: Encode): PacketizedFrame {
    const known = this.#packetized.get(unit);
    if (known !== undefined) return known;
    const frame =
      unit.codec === 'h264'
        ? packetizeH264(unit.data)
        : packetizeVp8(unit.data, this.#nextPictureId(unit, encode));
    this.#packetized.set(unit, frame);
    return frame;
  }

  /** Contiguous between keyframes; a keyframe goes ahead of all, so that who changes rungs does not go back. */
  #nextPictureId({ keyframe }: AccessUnit, encode: Encode): number {
    const before = keyframe ? this.#pictureId : (this.#pictureIds.get(encode) ?? 0);
    const id = before + 1;
    this.#pictureIds.set(encode, id);
    this.#pictureId = Math.max(this.#pictureId, id);
    return id;
  }
}

function isWatched({ encodes }: View<Composite>): boolean {
  return encodes.some(({ rung }) => rung.consumers > 0);
}
