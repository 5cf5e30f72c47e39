import { Emitter } from './emitter.ts';
import type { DeviceLike, Platform } from './platform.ts';

/** A device there is to choose. */
export interface DeviceInfo {
  readonly id: string;
  /** As the browser calls it; empty where it does not say. */
  readonly label: string;
}

/** The devices there are to choose from; empty while the browser keeps them back: before permission, without https. */
export interface DeviceLists {
  readonly microphones: readonly DeviceInfo[];
  readonly cameras: readonly DeviceInfo[];
  readonly speakers: readonly DeviceInfo[];
}

/** Before anything is known. */
export const noDevices: DeviceLists = { microphones: [], cameras: [], speakers: [] };

/** Knows which devices are plugged in. */
export class DeviceWatch extends Emitter<{ changed: [lists: DeviceLists] }> {
  readonly #platform: Pick<Platform, 'listDevices' | 'onDeviceChange'>;
  readonly #endWatch: () => void;
  #lists: DeviceLists = noDevices;
  /** Grows with every look, so that an answer that a later one has overtaken is dropped. */
  #look = 0;

  constructor(platform: Pick<Platform, 'listDevices' | 'onDeviceChange'>) {
    super();
    this.#platform = platform;
    this.#endWatch = platform.onDeviceChange(() => void this.refresh());
  }

  /** The devices as of the last look. */
  get lists(): DeviceLists {
    return this.#lists;
  }

  /** Looks again: ids and labels come with permission, of which there is no event. Never rejects. */
  async refresh(): Promise<void> {
    const look = ++this.#look;
    const devices = await this.#list();
    if (look !== this.#look) return;
    this.#lists = listsOf(devices);
    this.emit('changed', this.#lists);
  }

  /** Ends the watch. */
  close(): void {
    this.#look += 1;
    this.#endWatch();
  }

  async #list(): Promise<readonly DeviceLike[]> {
    try {
      return await this.#platform.listDevices();
    } catch {
      return [];
    }
  }
}

function listsOf(devices: readonly DeviceLike[]): DeviceLists {
  const of = (kind: string): DeviceInfo[] =>
    devices
      .filter((device) => device.kind === kind && device.deviceId !== '')
      // Chromium's alias for telephony; the device itself is in the list as well.
      .filter(({ deviceId }) => deviceId !== 'communications')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: of('audiooutput'),
  };
}
