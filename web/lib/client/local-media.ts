import { Emitter } from './emitter.ts';
import {
  InsecureContextError,
  type MediaRequest,
  type Platform,
  type StreamLike,
  type TrackLike,
} from './platform.ts';

/** Why a camera or microphone could not be had. */
export type MediaProblem =
  | 'insecure'
  | 'refused'
  /** The browser's question was closed without an answer. */
  | 'dismissed'
  /** The operating system keeps it from the browser. */
  | 'blocked'
  | 'missing'
  | 'busy'
  | 'lost'
  | 'failed';

/**
 * A camera or microphone. `off` keeps a muted microphone's track (it comes back at once); a camera
 * that is off has none, and its light is out.
 */
export type Device =
  | { readonly status: 'idle' | 'asking' }
  | { readonly status: 'on'; readonly track: TrackLike }
  | { readonly status: 'off'; readonly track: TrackLike | null }
  | { readonly status: 'unavailable'; readonly problem: MediaProblem };

/** Both devices, as they are now. */
export interface MediaState {
  readonly microphone: Device;
  readonly camera: Device;
}

/** Which devices are wanted switched on. */
export interface DeviceChoice {
  readonly microphone: boolean;
  readonly camera: boolean;
}

/** The tracks there are to send; a muted microphone still counts. */
export interface LocalTracks {
  readonly audio: TrackLike | null;
  readonly video: TrackLike | null;
}

const audioConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
/** As much as the server asks for where somebody fills its composite; it is made smaller before it is sent. */
const videoConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 25 },
};

/** This participant's camera and microphone. Nothing here throws: what is missing is a state. */
export class LocalMedia extends Emitter<{ changed: [state: MediaState] }> {
  readonly #platform: Pick<Platform, 'getUserMedia'>;
  #state: MediaState = { microphone: { status: 'idle' }, camera: { status: 'idle' } };
  /** What is wanted, also of what is still being asked for. */
  #choice: DeviceChoice = { microphone: true, camera: true };
  /** Grows with every release, so that what was asked for earlier and comes later is let go. */
  #generation = 0;

  constructor(platform: Pick<Platform, 'getUserMedia'>) {
    super();
    this.#platform = platform;
  }

  /** Both devices, as they are now. */
  get state(): MediaState {
    return this.#state;
  }

  /** What there is to send. */
  get tracks(): LocalTracks {
    return { audio: trackOf(this.#state.microphone), video: trackOf(this.#state.camera) };
  }

  /** What is switched on, as `join` and `media` tell it. */
  get switchedOn(): { audio: boolean; video: boolean } {
    return {
      audio: this.#state.microphone.status === 'on',
      video: this.#state.camera.status === 'on',
    };
  }

  /**
   * Asks for both devices together, and for each alone when that fails. Only from idle.
   * @param choice - a microphone that is not wanted yet is asked for all the same, and muted; such a camera is left alone
   */
  async acquire(choice: DeviceChoice = { microphone: true, camera: true }): Promise<void> {
    if (this.#state.microphone.status !== 'idle' || this.#state.camera.status !== 'idle') return;
    this.#choice = choice;
    const generation = this.#generation;
    if (!choice.camera) {
      this.#update({ microphone: { status: 'asking' }, camera: { status: 'off', track: null } });
      this.#settle(generation, { microphone: await this.#askFor('audio') });
      return;
    }
    this.#update({ microphone: { status: 'asking' }, camera: { status: 'asking' } });
    try {
      const stream = await this.#ask({ audio: audioConstraints, video: videoConstraints });
      this.#settle(generation, {
        microphone: this.#deviceFrom(stream, 'audio'),
        camera: this.#deviceFrom(stream, 'video'),
      });
    } catch {
      const microphone = await this.#askFor('audio');
      const camera = await this.#askFor('video');
      this.#settle(generation, { microphone, camera });
    }
  }

  /** Mutes or unmutes; asks for the microphone where there was none. While it is asked for: how it is to come. */
  async setMicrophone(on: boolean): Promise<void> {
    this.#choice = { ...this.#choice, microphone: on };
    const device = this.#state.microphone;
    const track = trackOf(device);
    if (device.status === 'asking' || (device.status === 'on') === on) return;
    if (track !== null) {
      track.enabled = on;
      this.#update({ microphone: { status: on ? 'on' : 'off', track } });
    } else if (on) {
      this.#update({ microphone: { status: 'asking' } });
      const generation = this.#generation;
      this.#settle(generation, { microphone: await this.#askFor('audio') });
    }
  }

  /** Turns the camera really off (its light goes out), or asks for it again. While it is asked for: how it is to come. */
  async setCamera(on: boolean): Promise<void> {
    this.#choice = { ...this.#choice, camera: on };
    const device = this.#state.camera;
    if (device.status === 'asking' || (device.status === 'on') === on) return;
    if (!on) {
      trackOf(device)?.stop();
      this.#update({ camera: { status: 'off', track: null } });
      return;
    }
    this.#update({ camera: { status: 'asking' } });
    const generation = this.#generation;
    this.#settle(generation, { camera: await this.#askFor('video') });
  }

  /** Lets both devices go; {@link acquire} may be called again. */
  close(): void {
    this.#generation += 1;
    trackOf(this.#state.microphone)?.stop();
    trackOf(this.#state.camera)?.stop();
    this.#update({ microphone: { status: 'idle' }, camera: { status: 'idle' } });
  }

  /** In an async function, so that even a getUserMedia that throws at once is a rejection. */
  async #ask(request: MediaRequest): Promise<StreamLike> {
    return await this.#platform.getUserMedia(request);
  }

  async #askFor(kind: 'audio' | 'video'): Promise<Device> {
    try {
      const request = kind === 'audio' ? { audio: audioConstraints } : { video: videoConstraints };
      const stream = await this.#ask(request);
      const inUse = Object.values(this.tracks);
      for (const other of stream.getTracks()) {
        if (other.kind !== kind && !inUse.includes(other)) other.stop();
      }
      return this.#deviceFrom(stream, kind);
    } catch (error) {
      return { status: 'unavailable', problem: problemOf(error) };
    }
  }

  #deviceFrom(stream: StreamLike, kind: 'audio' | 'video'): Device {
    const track = stream.getTracks().find((each) => each.kind === kind);
    if (track === undefined) return { status: 'unavailable', problem: 'missing' };
    if (track.readyState === 'ended') return { status: 'unavailable', problem: 'lost' };
    if (kind === 'video') track.contentHint = 'motion';
    track.addEventListener('ended', () => {
      const device = { status: 'unavailable', problem: 'lost' } as const;
      if (kind === 'audio' && this.tracks.audio === track) this.#update({ microphone: device });
      if (kind === 'video' && this.tracks.video === track) this.#update({ camera: device });
    });
    return { status: 'on', track };
  }

  #settle(generation: number, devices: Partial<MediaState>): void {
    if (generation === this.#generation) {
      this.#update(this.#asChosen(devices));
      return;
    }
    for (const device of Object.values(devices)) trackOf(device)?.stop();
  }

  /** It may have been switched off while it was asked for. */
  #asChosen({ microphone, camera }: Partial<MediaState>): Partial<MediaState> {
    const devices: { microphone?: Device; camera?: Device } = {};
    if (microphone?.status === 'on' && !this.#choice.microphone) {
      microphone.track.enabled = false;
      devices.microphone = { status: 'off', track: microphone.track };
    } else if (microphone !== undefined) devices.microphone = microphone;
    if (camera?.status === 'on' && !this.#choice.camera) {
      camera.track.stop();
      devices.camera = { status: 'off', track: null };
    } else if (camera !== undefined) devices.camera = camera;
    return devices;
  }

  #update(devices: Partial<MediaState>): void {
    this.#state = { ...this.#state, ...devices };
    this.emit('changed', this.#state);
  }
}

function trackOf(device: Device): TrackLike | null {
  return device.status === 'on' || device.status === 'off' ? device.track : null;
}

/** The DOMException names of getUserMedia (Media Capture and Streams, section 10.3). */
function problemOf(error: unknown): MediaProblem {
  if (error instanceof InsecureContextError) return 'insecure';
  const { name, message = '' } =
    typeof error === 'object' && error !== null
      ? (error as { readonly name?: unknown; readonly message?: unknown })
      : {};
  switch (name) {
    case 'NotAllowedError':
      // Only Chromium says more, and only in words.
      if (/by system/i.test(String(message))) return 'blocked';
      return /dismissed/i.test(String(message)) ? 'dismissed' : 'refused';
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
