import type { CanvasMatrix, Picture } from '../compositor/index.ts';
import { AudioReader } from './audio-reader.ts';
import { assertReadableFile, InputError } from './input-error.ts';
import type { VideoFacts } from './picture-maker.ts';
import { surveyFile } from './survey.ts';
import { VideoReader } from './video-reader.ts';

/** What {@link openMedia} may be told. */
export interface MediaOptions {
  /** How much of the file's beginning is left out, in seconds; 0 when omitted. */
  readonly startSeconds?: number;
  /** Whether pictures are wanted; true when omitted. */
  readonly video?: boolean;
  /** Whether sound is wanted; true when omitted. */
  readonly audio?: boolean;
  /** Threads that decode the pictures; 1 when omitted: enough where there are several inputs. */
  readonly threads?: number;
}

/**
 * A file that is being decoded: its pictures by the moment, its sound in order. Times are seconds from `startSeconds` on.
 * Pictures and sound are read independently of each other; of either, one call at a time.
 */
export interface MediaInput {
  /** Whether there are pictures, and they are wanted. */
  readonly hasVideo: boolean;
  /** Whether there is sound, and it is wanted. */
  readonly hasAudio: boolean;
  /**
   * Seconds to the end of the longest stream, wanted or not: as they are in the file, whatever its header says. Infinity
   * for a still picture.
   */
  readonly durationSeconds: number;
  /** Pixels, upright and square; 0 without video. Later pictures may have another size. */
  readonly width: number;
  /** Pixels, upright and square; 0 without video. */
  readonly height: number;
  /** How the video's colours are coded; null when it does not say. */
  readonly matrix: CanvasMatrix | null;
  /** Packets that were damaged and left out so far. */
  readonly errors: number;
  /**
   * The picture that is shown at a moment: the last one whose time has come; after the end the last. Null before the
   * first. Moments do not go back. The same object as long as there is nothing new; valid until the next call.
   */
  pictureAt(seconds: number): Promise<Picture | null>;
  /**
   * The next `count` samples, mono at 48 kHz, within [-1, 1]; silence in gaps, before a late start and after the end.
   * Valid until the next call.
   */
  samples(count: number): Promise<Float32Array>;
  /** Whether there is nothing more at a moment. */
  endedAt(seconds: number): boolean;
  /** Frees everything. Can be called twice. */
  close(): void;
}

/**
 * Opens a media file and decodes the first of it.
 *
 * @throws InputError when it cannot be read, or nothing in it can be decoded.
 */
export async function openMedia(path: string, options: MediaOptions = {}): Promise<MediaInput> {
  const { startSeconds = 0, video = true, audio = true, threads = 1 } = options;
  await assertReadableFile(path);
  const survey = await surveyFile(path);
  const { originSeconds } = survey;
  const wanted = { video: video ? survey.video : null, audio: audio ? survey.audio : null };
  const pictures =
    wanted.video &&
    (await VideoReader.open({ path, originSeconds, ...wanted.video }, startSeconds, threads));
  let sound: AudioReader | null = null;
  try {
    sound =
      wanted.audio &&
      (await AudioReader.open({ path, originSeconds, ...wanted.audio }, startSeconds));
  } catch (error) {
    pictures?.reader.close();
    throw error;
  }
  if ((wanted.video ?? wanted.audio) !== null && (pictures ?? sound) === null) {
    throw new InputError('not-media', path, 'has neither picture nor sound that can be decoded');
  }
  const endSeconds = Math.max(survey.video?.endSeconds ?? 0, survey.audio?.endSeconds ?? 0);
  return new OpenMedia(pictures, sound, { startSeconds, endSeconds });
}

/** Times of a file, in its own seconds. */
interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

class OpenMedia implements MediaInput {
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly matrix: MediaInput['matrix'];
  readonly #pictures: VideoReader | null;
  readonly #sound: AudioReader | null;
  readonly #startSeconds: number;
  #isClosed = false;

  constructor(
    pictures: { reader: VideoReader; facts: VideoFacts } | null,
    sound: AudioReader | null,
    { startSeconds, endSeconds }: Span,
  ) {
    this.#pictures = pictures?.reader ?? null;
    this.#sound = sound;
    this.#startSeconds = startSeconds;
    this.hasVideo = pictures !== null;
    this.hasAudio = sound !== null;
    this.durationSeconds = Math.max(endSeconds - startSeconds, 0);
    this.width = pictures?.facts.width ?? 0;
    this.height = pictures?.facts.height ?? 0;
    this.matrix = pictures?.facts.matrix ?? null;
  }

  get errors(): number {
    return (this.#pictures?.errors ?? 0) + (this.#sound?.errors ?? 0);
  }

  async pictureAt(seconds: number): Promise<Picture | null> {
    this.#assertOpen();
    return (await this.#pictures?.pictureAt(this.#startSeconds + seconds)) ?? null;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- Throws as a rejection; may one day decode elsewhere.
  async samples(count: number): Promise<Float32Array> {
    this.#assertOpen();
    return this.#sound?.read(count) ?? new Float32Array(count);
  }

  endedAt(seconds: number): boolean {
    return seconds >= this.durationSeconds;
  }

  close(): void {
    this.#isClosed = true;
    this.#pictures?.close();
    this.#sound?.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('The input is closed.');
  }
}
