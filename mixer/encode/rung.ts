import type { Frame } from 'node-av/lib';
import type { AccessUnit, VideoCodec } from './access-unit.ts';
import type { VideoEncoderOptions } from './encoder-options.ts';
import { GopCache } from './gop-cache.ts';
import { KeyframePolicy } from './keyframe-policy.ts';
import { VideoEncoder } from './video-encoder.ts';

/** A newcomer is served from a keyframe younger than this, in milliseconds; from an older one it would be a burst. */
const replayMs = 1000;

/** After an encoder failed, the next is tried so many milliseconds later. */
const retryMs = 1000;

/** Takes the access units of a rung, in order, the first of them a keyframe. Must not throw. */
export type AccessUnitConsumer = (unit: AccessUnit) => void;

/** What a rung needs of an encoder. */
export type RungEncoder = Pick<VideoEncoder, 'encode' | 'setBitrate' | 'close'>;

/** What a rung is made with. */
export interface RungOptions extends VideoEncoderOptions {
  /** Least time between two keyframes that receivers ask for, in milliseconds. */
  readonly keyframeIntervalMs: number;
}

type EncoderState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly encoder: RungEncoder }
  | { readonly kind: 'failed'; readonly error: unknown; reported: boolean; retryAtMs: number };

/** The state of one consumer. */
interface Viewer {
  /** Until a keyframe has come it could not decode anything. */
  started: boolean;
}

/**
 * One shared encode of one quality and codec, for whoever watches it: the encoder is opened for the first consumer and
 * closed when the last has gone.
 */
export class Rung {
  readonly codec: VideoCodec;
  readonly #options: RungOptions;
  readonly #openEncoder: (options: VideoEncoderOptions) => Promise<RungEncoder>;
  readonly #viewers = new Map<AccessUnitConsumer, Viewer>();
  readonly #policy: KeyframePolicy;
  readonly #cache = new GopCache(replayMs);
  readonly #ticksPerFrame: number;
  /** Number of the picture encoded last, in pictures of this rung. */
  #lastFrame = -1;
  #encodedMs = -Infinity;
  #bitsPerSecond: number;
  #keyframes = 0;
  #state: EncoderState = { kind: 'closed' };
  #closed = false;
  /** Encoders on their way out. */
  readonly #endings = new Set<Promise<void>>();

  constructor(
    options: RungOptions,
    openEncoder: (options: VideoEncoderOptions) => Promise<RungEncoder> = (encoderOptions) =>
      VideoEncoder.open(encoderOptions),
  ) {
    this.codec = options.codec;
    this.#options = options;
    this.#openEncoder = openEncoder;
    this.#ticksPerFrame = options.ticksPerFrame ?? 1;
    this.#bitsPerSecond = options.bitsPerSecond;
    this.#policy = new KeyframePolicy(options.keyframeIntervalMs);
  }

  /** How many consumers are attached. */
  get consumers(): number {
    return this.#viewers.size;
  }

  /** Whether there is an encoder, or soon will be. */
  get active(): boolean {
    return this.#state.kind === 'open' || this.#state.kind === 'opening';
  }

  /** Keyframes made so far. */
  get keyframes(): number {
    return this.#keyframes;
  }

  /**
   * Adds a consumer.
   *
   * @returns the units it can start with right now, from a keyframe on, after which it is given the next ones; empty where
   * the last keyframe is too old: then one is requested, and the consumer is called from that on
   */
  attach(consumer: AccessUnitConsumer, nowMs: number): AccessUnit[] {
    if (this.#closed) throw new Error('The rung is closed.');
    const replay = this.#cache.replay(nowMs);
    this.#viewers.set(consumer, { started: replay.length > 0 });
    if (replay.length === 0) this.#policy.request();
    if (this.#state.kind === 'closed') this.#open();
    return replay;
  }

  /** Removes a consumer, which is not called again. */
  detach(consumer: AccessUnitConsumer): void {
    this.#viewers.delete(consumer);
    if (this.#viewers.size === 0) this.#closeEncoder();
  }

  /** A consumer needs a keyframe (it lost a picture). */
  requestKeyframe(): void {
    this.#policy.request();
  }

  /** Has keyframes made by schedule, see {@link KeyframePolicy.schedule}. */
  scheduleKeyframes(everyTicks: number | null): void {
    this.#policy.schedule(everyTicks);
  }

  /** Changes the bitrate, of this encoder and of later ones. */
  setBitrate(bitsPerSecond: number): void {
    this.#bitsPerSecond = bitsPerSecond;
    if (this.#state.kind === 'open') this.#state.encoder.setBitrate(bitsPerSecond);
  }

  /**
   * Whether the picture of a tick is wanted: there is somebody to see it, and it is the first in its time. A rung of half
   * the rate takes one of each pair of ticks, the second where the first was skipped.
   */
  isDue(tick: number): boolean {
    return this.#viewers.size > 0 && this.#frameOf(tick) > this.#lastFrame;
  }

  /** Whether the picture of a tick, encoded now, would be a keyframe: somebody needs one. */
  wantsKeyframe(tick: number, nowMs: number): boolean {
    return this.#policy.isDue(tick, nowMs);
  }

  /** Whether so many milliseconds have gone by since a picture was encoded. */
  hasWaited(intervalMs: number, nowMs: number): boolean {
    return nowMs - this.#encodedMs >= intervalMs;
  }

  /**
   * Encodes the picture of a tick, if it is due, and gives the access unit to the consumers. One call at a time; `frame`
   * must not change meanwhile, but other rungs may encode it too.
   *
   * @returns what was made; null while the encoder is being opened, or where the picture is not due
   * @throws what the encoder threw, once for each failure; another is opened after a second
   */
  async encode(frame: Frame, tick: number, nowMs: number): Promise<AccessUnit | null> {
    const state = this.#state;
    if (state.kind === 'failed') this.#recover(state, nowMs);
    if (state.kind !== 'open') return null;
    if (!this.isDue(tick)) return null;
    this.#lastFrame = this.#frameOf(tick);
    this.#encodedMs = nowMs;
    const { encoder } = state;
    let unit: AccessUnit | null;
    try {
      unit = await encoder.encode(frame, tick, this.#policy.isDue(tick, nowMs));
    } catch (error) {
      if (this.#state === state) {
        this.#closeEncoder();
        this.#state = { kind: 'failed', error, reported: true, retryAtMs: nowMs + retryMs };
      }
      throw error;
    }
    // Meanwhile the last consumer may have gone, and a new one may have got a new encoder.
    if (unit === null || this.#state !== state) return null;
    this.#deliver(unit, nowMs);
    return unit;
  }

  /** Lets all consumers go and closes the encoder; resolves once that is freed. Can be called twice. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#viewers.clear();
    this.#closeEncoder();
    await Promise.all(this.#endings);
  }

  #frameOf(tick: number): number {
    return Math.floor(tick / this.#ticksPerFrame);
  }

  #deliver(unit: AccessUnit, nowMs: number): void {
    if (unit.keyframe) {
      this.#keyframes += 1;
      this.#policy.made(unit.tick, nowMs);
    }
    this.#cache.push(unit, nowMs);
    for (const [consumer, viewer] of this.#viewers) {
      viewer.started ||= unit.keyframe;
      if (viewer.started) consumer(unit);
    }
  }

  #open(): void {
    const opening: EncoderState = { kind: 'opening' };
    this.#state = opening;
    const bitsPerSecond = this.#bitsPerSecond;
    this.#ending(
      this.#openEncoder({ ...this.#options, bitsPerSecond }).then(
        async (encoder) => {
          if (this.#state !== opening) {
            await encoder.close();
            return;
          }
          encoder.setBitrate(this.#bitsPerSecond);
          this.#state = { kind: 'open', encoder };
        },
        (error: unknown) => {
          if (this.#state !== opening) return;
          this.#state = { kind: 'failed', error, reported: false, retryAtMs: Infinity };
        },
      ),
    );
  }

  #recover(failed: EncoderState & { kind: 'failed' }, nowMs: number): void {
    if (!failed.reported) {
      failed.reported = true;
      failed.retryAtMs = nowMs + retryMs;
      throw failed.error;
    }
    if (nowMs >= failed.retryAtMs) this.#open();
  }

  #closeEncoder(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    this.#cache.clear();
    if (state.kind === 'open') this.#ending(state.encoder.close());
  }

  #ending(work: Promise<void>): void {
    const ending = work.finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}
