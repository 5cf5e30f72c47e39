import type { SoundClip, VideoClip } from './clip.ts';
import type { Pictures } from './pictures.ts';
import { encodeSoundClip, opusFrameMs } from './sound-clip.ts';
import type { Sound } from './sound.ts';
import { encodeVideoClip, type VideoClipOptions } from './video-clip.ts';

/** Every clip that was asked for, encoded once, one after the other so that playing is not disturbed. */
export class ClipLibrary {
  readonly #videos = new Map<string, Promise<VideoClip>>();
  readonly #sounds = new Map<string, Promise<SoundClip>>();
  #last: Promise<unknown> = Promise.resolve();

  /** A clip of these pictures. Rejects with what painting or encoding failed with. */
  video(pictures: Pictures, options: VideoClipOptions): Promise<VideoClip> {
    const { width, height, fps, bitsPerSecond } = options;
    const key = [pictures.id, width, height, fps, bitsPerSecond].join(' ');
    return remember(this.#videos, key, () => this.#queue(() => encodeVideoClip(pictures, options)));
  }

  /** A clip of this sound, in packets of the nearest length there is. Rejects with what encoding failed with. */
  sound(sound: Sound, frameMs: number): Promise<SoundClip> {
    const nearest = opusFrameMs.reduce((best, each) =>
      Math.abs(each - frameMs) < Math.abs(best - frameMs) ? each : best,
    );
    return remember(this.#sounds, `${sound.id} ${nearest}`, () =>
      this.#queue(() => encodeSoundClip(sound, nearest)),
    );
  }

  #queue<Clip>(encode: () => Promise<Clip>): Promise<Clip> {
    const clip = this.#last.then(encode);
    this.#last = clip.catch(() => undefined);
    return clip;
  }
}

function remember<Value>(
  values: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  return made;
}

/** Bits for each pixel of a picture: 500 kbit/s at 640x360 and 25 pictures a second, as browsers send. */
const bitsPerPixel = 0.087;
const leastBitrate = 50_000;

/**
 * What is encoded for a size, rate and bitrate that somebody asks for: rounded, so that participants who are asked for
 * nearly the same share a clip.
 *
 * @param wish - Pixels, pictures a second, bits a second (0 or absent: as much as a browser would send).
 */
export function clipOptions(wish: {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrate?: number | undefined;
}): VideoClipOptions {
  const even = (side: number): number => Math.max(16, 2 * Math.round(side / 2));
  const width = even(wish.width);
  const height = even(wish.height);
  const fps = Math.min(60, Math.max(1, wish.fps));
  const usual = width * height * fps * bitsPerPixel;
  const asked = wish.bitrate !== undefined && wish.bitrate > 0 ? wish.bitrate : usual;
  return {
    width,
    height,
    fps,
    // Steps of a tenth of the usual rate at the least, never below what VP8 needs.
    bitsPerSecond: Math.max(leastBitrate, Math.round(asked / 25_000) * 25_000),
  };
}
