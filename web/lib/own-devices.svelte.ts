import type { Device, DeviceChoice, LocalMedia, MediaProblem, MediaState } from './client/index.ts';
import type { DeviceSettings } from './device-settings.svelte.ts';
import { isHandheld } from './phone/browser.ts';
import { flipFrom, type Flip } from './phone/flip.ts';
import { loadPreferences, savePreferences } from './preferences.ts';

/** One's camera and microphone, on or off, and which of them one joins with, as Svelte state; remembers the choice. */
export class OwnDevices {
  readonly #media: LocalMedia;
  readonly #settings: DeviceSettings;
  #state: MediaState = $state.raw({
    microphone: { status: 'idle' },
    camera: { status: 'idle' },
  });
  #choice: DeviceChoice = $state.raw(loadPreferences().devices);

  /** @param missing - called when a device cannot be had, or is lost */
  constructor(
    media: LocalMedia,
    settings: DeviceSettings,
    missing: (name: 'camera' | 'microphone', problem: MediaProblem) => void,
  ) {
    this.#media = media;
    this.#settings = settings;
    media.on('changed', (state) => {
      for (const name of ['microphone', 'camera'] as const) {
        const device = state[name];
        const isNew = device !== this.#state[name];
        if (isNew && device.status === 'unavailable') missing(name, device.problem);
      }
      this.#state = state;
    });
  }

  /** The microphone; muted it is off. */
  get microphone(): Device {
    return this.#state.microphone;
  }

  /** The camera. */
  get camera(): Device {
    return this.#state.camera;
  }

  /** Which devices one joins with. */
  get choice(): DeviceChoice {
    return this.#choice;
  }

  /** Chooses, before joining, which devices are on, now and in later visits; asks for one that could not be had. */
  choose(change: Partial<DeviceChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    savePreferences({ devices: this.#choice });
    // Whoever has left is not filmed again before they join.
    if (this.microphone.status === 'idle' && this.camera.status === 'idle') return;
    if (change.microphone !== undefined) void this.#media.setMicrophone(change.microphone);
    if (change.camera !== undefined) void this.#media.setCamera(change.camera);
  }

  /** Asks for the devices that could not be had, if they are wanted. */
  async askAgain(): Promise<void> {
    // One question after the other.
    if (this.#media.state.microphone.status === 'unavailable') {
      await this.#media.setMicrophone(true);
      if (!this.#choice.microphone) await this.#media.setMicrophone(false);
    }
    if (this.#media.state.camera.status === 'unavailable') await this.#media.setCamera(true);
  }

  /** How to get to the other camera of a phone; null where this is none, has only one, or it is off. */
  get flip(): Flip | null {
    const { camera } = this.#state;
    if (camera.status !== 'on' || !isHandheld()) return null;
    const { facingMode } = camera.track.getSettings();
    const cameras = this.#settings.devicesOf('camera').map(({ id }) => id);
    return flipFrom(facingMode, this.#settings.inUse('camera'), cameras);
  }

  /** Uses the other camera of a phone. */
  async flipCamera(): Promise<void> {
    const { flip } = this;
    if (flip === null) return;
    if ('face' in flip) await this.#media.face(flip.face);
    else await this.#settings.choose('camera', flip.choose);
  }
}
