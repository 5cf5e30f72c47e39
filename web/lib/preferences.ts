import type { QualityCap } from '../../mcu/protocol/common.ts';
import { defaultChoices, type DeviceChoice, type MediaChoices } from './client/index.ts';
import { qualityNames } from './words.ts';

/** What is remembered between visits. */
export interface Preferences {
  readonly room: string;
  readonly name: string;
  /** The best quality wanted; null where that was never chosen. */
  readonly quality: QualityCap | null;
  /** Which devices one joins with. */
  readonly devices: DeviceChoice;
  /** Of camera and microphone. */
  readonly media: MediaChoices;
  /** The id of where sound comes out; null: as the browser deems right. */
  readonly speaker: string | null;
  /** Whether one hears somebody come and go. */
  readonly chimes: boolean;
  /** Whether single keys do what they are for. */
  readonly shortcuts: boolean;
}

const key = 'onegrid.lobby';

/** What was remembered; the defaults where nothing was, or storage is switched off. */
export function loadPreferences(): Preferences {
  const stored = read();
  const quality = qualityNames.find(([max]) => max === textAt(stored, 'quality'))?.[0] ?? null;
  const media = fieldOf(stored, 'media');
  const devices = fieldOf(stored, 'devices');
  const { echoCancellation, noiseSuppression, autoGainControl } = defaultChoices;
  return {
    room: textAt(stored, 'room'),
    name: textAt(stored, 'name'),
    quality,
    devices: {
      microphone: flagAt(devices, 'microphone', true),
      camera: flagAt(devices, 'camera', true),
    },
    media: {
      microphone: idAt(media, 'microphone'),
      camera: idAt(media, 'camera'),
      echoCancellation: flagAt(media, 'echoCancellation', echoCancellation),
      noiseSuppression: flagAt(media, 'noiseSuppression', noiseSuppression),
      autoGainControl: flagAt(media, 'autoGainControl', autoGainControl),
    },
    speaker: idAt(stored, 'speaker'),
    chimes: flagAt(stored, 'chimes', true),
    shortcuts: flagAt(stored, 'shortcuts', true),
  };
}

/** Remembers for the next visit, where storage allows it; what is not given stays as it was. */
export function savePreferences(preferences: Partial<Preferences>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...loadPreferences(), ...preferences }));
  } catch {
    // Private windows may refuse storage; the lobby is then empty next time, and no more.
  }
}

function read(): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}');
  } catch {
    return {};
  }
}

function fieldOf(stored: unknown, field: string): unknown {
  return typeof stored === 'object' && stored !== null ? Reflect.get(stored, field) : undefined;
}

function textAt(stored: unknown, field: string, longest = 64): string {
  const value = fieldOf(stored, field);
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function idAt(stored: unknown, field: string): string | null {
  return textAt(stored, field, 256) || null;
}

function flagAt(stored: unknown, field: string, otherwise: boolean): boolean {
  const value = fieldOf(stored, field);
  return typeof value === 'boolean' ? value : otherwise;
}
