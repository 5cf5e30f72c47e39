import type { VideoSource } from '../../../mcu/protocol/common.ts';
import { Emitter } from './emitter.ts';
import type { LocalMedia, LocalTracks } from './local-media.ts';
import type { Platform, SoundMix, TrackLike } from './platform.ts';
import type { ScreenShare } from './screen-share.ts';

/** What is sent, as `media` tells the server. */
export interface Sent {
  /** Whether the microphone is on. */
  readonly audio: boolean;
  readonly video: boolean;
  readonly source: VideoSource;
  /** Whether the sound of what is shared is in the audio track. */
  readonly shareAudio: boolean;
}

/**
 * What this participant sends: one video track, which is that of the shared screen while there is one and the camera's
 * otherwise, and one audio track, with microphone and shared sound in it.
 */
export class OutgoingMedia extends Emitter<{ changed: [] }> {
  readonly #media: LocalMedia;
  readonly #share: ScreenShare | null;
  readonly #platform: Pick<Platform, 'mixSound'>;
  #mixed: { readonly mix: SoundMix; readonly of: readonly TrackLike[] } | null = null;

  /** @param share - null where no screen is ever shared */
  constructor(media: LocalMedia, share: ScreenShare | null, platform: Pick<Platform, 'mixSound'>) {
    super();
    this.#media = media;
    this.#share = share;
    this.#platform = platform;
    const changed = (): void => {
      this.#mixSound();
      this.emit('changed');
    };
    media.on('changed', changed);
    share?.on('changed', changed);
  }

  /** The tracks to send; that of a muted microphone counts. */
  get tracks(): LocalTracks {
    const { audio, video } = this.#media.tracks;
    const shared = this.#shared;
    if (shared === null) return { audio, video };
    return {
      audio: this.#mixed?.mix.track ?? shared.audio ?? audio,
      video: shared.video,
    };
  }

  /** What is in them. */
  get sent(): Sent {
    const { audio, video } = this.#media.switchedOn;
    const shared = this.#shared;
    if (shared === null) return { audio, video, source: 'camera', shareAudio: false };
    return { audio, video: true, source: 'screen', shareAudio: shared.audio !== null };
  }

  get #shared(): { readonly video: TrackLike; readonly audio: TrackLike | null } | null {
    const state = this.#share?.state;
    return state?.status === 'on' ? state : null;
  }

  /** A mix is there exactly while there are two sounds: each of them alone is sent as it is. */
  #mixSound(): void {
    const sounds = [this.#media.tracks.audio, this.#shared?.audio ?? null];
    const of = sounds.filter((track) => track !== null);
    if (of.every((track, index) => track === this.#mixed?.of[index]) && of.length === 2) return;
    const before = this.#mixed;
    this.#mixed = of.length === 2 ? { mix: this.#platform.mixSound(of), of } : null;
    before?.mix.close();
  }
}
