/** What the lobby remembers between visits. */
export interface Preferences {
  readonly room: string;
  readonly name: string;
}

const key = 'onegrid.lobby';

/** What was remembered; empty where nothing was, or storage is switched off. */
export function loadPreferences(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return { room: textAt(stored, 'room'), name: textAt(stored, 'name') };
  } catch {
    return { room: '', name: '' };
  }
}

/** Remembers for the next visit, where storage allows it. */
export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(key, JSON.stringify(preferences));
  } catch {
    // Private windows may refuse storage; the lobby is then empty next time, and no more.
  }
}

function textAt(stored: unknown, field: string): string {
  const value: unknown =
    typeof stored === 'object' && stored !== null ? Reflect.get(stored, field) : undefined;
  return typeof value === 'string' ? value.slice(0, 64) : '';
}
