import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { FFmpegError, type Frame } from 'node-av/lib';
import { type AccessUnit, Rung, rungPlan, type VideoRungName } from '../../mixer/encode/index.ts';
import { newPicture } from '../../mixer/native-picture.ts';
import { type PacketizedFrame, packetizeH264, packetizeVp8 } from '../rtp/index.ts';
import type { VideoCodec, VideoFeed, VideoSubscription, Viewer } from './feeds.ts';
import type { Watched } from './uplink-demand.ts';

/** Replayed pictures are this far apart for the receiver: it shows the last one at once. */
const replaySpacingMs = 1;

const codecs = ['h264', 'vp8'] as const;

/**
 * A picture in which nothing has changed for so long, in milliseconds, is encoded only so often: to encode it again costs as
 * much as any other. Before that encoders make it better, and receivers find out that one was lost.
 */
const stillAfterMs = 1000;
const stillIntervalMs = 200;

/** Keyframes of what is kept or passed on are at most this far apart. */
const recordedGopSeconds = 2;

/** What is encoded: a composite of one size. */
export interface Composite {
  /** Not to be composed on, nor closed, while an encoder reads it. */
  readonly frame: Frame;
  /** Whether the last `compose` drew everything there is to be drawn. */
  readonly isComplete: boolean;
  /** Brings the frame up to date; `changed`: it was not. */
  compose(nowMs: number): { readonly changed: boolean };
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

/**
 * Takes the pictures of an encode as they come out of the encoder; `atMs`: the moment of the room they are of, `scheduled`:
 * a keyframe that was made by the schedule.
 */
export type UnitConsumer = (unit: AccessUnit, atMs: number, scheduled: boolean) => void;

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
  /** When it changed last. */
  changedMs: number;
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
  /** Those who keep or pass on what is encoded, and so have a say in its keyframes. */
  readonly #recorders = new Set<UnitConsumer>();
  /** Those who want one picture, as it is. */
  #snapshots: ((picture: Frame | null) => void)[] = [];
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
        view = { width, height, scale, encodes: [], composite: null, ready: false, changedMs: 0 };
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

  /** Whether `high` is kept or passed on, and so is made whoever watches. */
  get isRecorded(): boolean {
    return this.#recorders.size > 0;
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
    const encode = this.#encodeOf(name, codec);
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

  /**
   * Gives what `high` is encoded to in H.264, from the next keyframe on, and has a keyframe made every two seconds: at each
   * tick whose number is a multiple of that.
   *
   * @returns ends it; may be called twice
   */
  record(consumer: UnitConsumer): () => void {
    const { rung } = this.#encodeOf('high', 'h264');
    const { now, timeOfTick, fps } = this.#options;
    const everyTicks = recordedGopSeconds * fps;
    /** Of the last keyframe. */
    let period: number | null = null;
    const onUnit = (unit: AccessUnit): void => {
      const own = Math.floor(unit.tick / everyTicks);
      // The first one in its time, whether a receiver asked for it or not.
      const scheduled = unit.keyframe && own !== period;
      if (unit.keyframe) period = own;
      if (period !== null) consumer(unit, timeOfTick(unit.tick), scheduled);
    };
    this.#recorders.add(consumer);
    rung.scheduleKeyframes(everyTicks);
    // Pictures of the past are not wanted: the sound that belongs to them is gone.
    rung.attach(onUnit, now());
    rung.requestKeyframe();
    return () => {
      rung.detach(onUnit);
      this.#recorders.delete(consumer);
      if (this.#recorders.size === 0) rung.scheduleKeyframes(null);
    };
  }

  /** A copy of the composite of `high` as it is with the next tick, to be freed; null where it cannot be made. */
  snapshot(): Promise<Frame | null> {
    return new Promise((resolve) => {
      this.#snapshots.push(resolve);
    });
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
        if (view.ready && this.#isWanted(view, encode, tick)) {
          encoding.push(this.#encode(encode, frame, tick));
        }
      }
    }
    this.#takeSnapshots();
    await Promise.all(encoding);
    if (composeMs > 0) onTick?.(composeMs, now() - encodeStartMs);
  }

  /** The picture of a tick; null where nobody wants it. */
  #compose(view: View<Made>, tick: number): Frame | null {
    const { composites, now } = this.#options;
    const isPictured = this.#snapshots.length > 0 && view === this.#views[0];
    if (!isWatched(view) && !isPictured) {
      if (view.composite !== null) composites.close(view.composite);
      view.composite = null;
      view.ready = false;
      return null;
    }
    // A new one is composed in every tick until it is complete.
    if (view.ready && !isPictured && !view.encodes.some(({ rung }) => rung.isDue(tick))) {
      return null;
    }
    view.composite ??= composites.open(view);
    if (view.composite.compose(now()).changed) view.changedMs = now();
    view.ready ||= view.composite.isComplete;
    return view.composite.frame;
  }

  /** Whether an encode is to make the picture of a tick. */
  #isWanted({ changedMs }: View<Made>, { rung }: Encode, tick: number): boolean {
    if (!rung.isDue(tick)) return false;
    const nowMs = this.#options.now();
    const isStill = nowMs - changedMs > stillAfterMs;
    return !isStill || rung.wantsKeyframe(tick, nowMs) || rung.hasWaited(stillIntervalMs, nowMs);
  }

  /** Copies the largest picture for whoever asked for it, once it is complete. */
  #takeSnapshots(): void {
    const view = this.#views[0];
    if (this.#snapshots.length === 0 || view?.composite == null || !view.ready) return;
    const { frame } = view.composite;
    for (const resolve of this.#snapshots.splice(0)) {
      let copy: Frame | null = null;
      try {
        copy = newPicture(AV_PIX_FMT_YUV420P, frame);
        FFmpegError.throwIfError(copy.copy(frame), 'copying a picture');
      } catch (error) {
        copy?.free();
        copy = null;
        this.#options.onError(error);
      }
      resolve(copy);
    }
  }

  /** @throws RangeError for a rung that may not be watched */
  #encodeOf(name: VideoRungName, codec: VideoCodec): Encode {
    const encode = this.#views
      .flatMap(({ encodes }) => encodes)
      .find((candidate) => candidate.name === name && candidate.codec === codec);
    if (encode === undefined) throw new RangeError(`The rung ${name} may not be watched.`);
    return encode;
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
