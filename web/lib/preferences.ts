import type { QualityCap } from '../../mcu/protocol/common.ts';
import type { DeviceChoice } from './client/index.ts';
import { qualityNames } from './words.ts';

/** What is remembered between visits. */
export interface Preferences {
  readonly room: string;
  readonly name: string;
  /** The best quality wanted; null where that was never chosen. */
  readonly quality: QualityCap | null;
  /** Which devices one joins with. */
  readonly devices: DeviceChoice;
}

const key = 'onegrid.lobby';

/** What was remembered; empty where nothing was, or storage is switched off. */
export function loadPreferences(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    const quality = qualityNames.find(([max]) => max === textAt(stored, 'quality'))?.[0] ?? null;
    const devices = valueAt(stored, 'devices');
    return {
      room: textAt(stored, 'room'),
      name: textAt(stored, 'name'),
      quality,
      devices: {
        microphone: valueAt(devices, 'microphone') !== false,
        camera: valueAt(devices, 'camera') !== false,
      },
    };
  } catch {
    return { room: '', name: '', quality: null, devices: { microphone: true, camera: true } };
  }
}

/** Remembers for the next visit, where storage allows it; what is not given stays as it was. */
export function savePreferences(preferences: Partial<Preferences>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...loadPreferences(), ...preferences }));
  } catch {
    // Private windows may refuse storage; the lobby is then empty next time, and no more.
  }
}

function textAt(stored: unknown, field: string): string {
  const value = valueAt(stored, field);
  return typeof value === 'string' ? value.slice(0, 64) : '';
}

function valueAt(stored: unknown, field: string): unknown {
  return typeof stored === 'object' && stored !== null ? Reflect.get(stored, field) : undefined;
}
