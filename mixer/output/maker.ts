import type { Frame } from 'node-av/lib';
import type { Target } from './target.ts';

/** Makes one kind of output under a temporary name. */
export interface Maker {
  readonly wantsVideo: boolean;
  readonly wantsAudio: boolean;
  /** See {@link MediaOutput.video}. */
  video(frame: Frame, index: number): Promise<void>;
  /** See {@link MediaOutput.audio}. */
  audio(samples: Float32Array): Promise<void>;
  /** Writes everything that is still missing. */
  complete(): Promise<void>;
  /** Gives what is complete its name. */
  publish(target: Target): Promise<void>;
  /** Ends everything under way and frees it; those who wait hear `reason`. Can be called twice. */
  close(reason: unknown): Promise<void>;
}
