/** What a key can do in a room. `talk` is held, the others are pressed. */
export type ShortcutAction = 'mute' | 'camera' | 'share' | 'chat' | 'fullScreen' | 'talk' | 'help';

/** What pressing a key does here; an action that is missing has no key, and no line in the help. */
export type ShortcutHandlers = Partial<Record<ShortcutAction, () => void>>;

/** Every key there is, in the order of the help. `key` is as in `KeyboardEvent`, a letter in lower case. */
export const shortcuts: readonly { readonly action: ShortcutAction; readonly key: string }[] = [
  { action: 'mute', key: 'm' },
  { action: 'talk', key: ' ' },
  { action: 'camera', key: 'v' },
  { action: 'share', key: 's' },
  { action: 'chat', key: 'c' },
  { action: 'fullScreen', key: 'f' },
  { action: 'help', key: '?' },
];

/** A key as pressed: the part of `KeyboardEvent` that counts. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** The part of `Element` that tells what a key would do there. */
interface Place {
  closest(selectors: string): unknown;
}

/** Where keys write, or choose from a list. */
const writing =
  'input, textarea, select, [contenteditable]:not([contenteditable="false"]), ' +
  '[role="textbox"], [role="menu"], [role="listbox"], [role="combobox"], dialog, [role="dialog"]';

/** What the space bar presses. */
const pressable = 'button, a[href], summary, audio, video[controls], [role="button"]';

/** What a key is for; null: nothing here. With a modifier it belongs to the browser. */
export function actionOf(press: KeyPress): ShortcutAction | null {
  const { key, ctrlKey, altKey, metaKey, shiftKey } = press;
  if (ctrlKey || altKey || metaKey) return null;
  // Where the question mark is depends on the keyboard; it may need Shift.
  if (shiftKey && key !== '?') return null;
  const wanted = letterOf(press);
  return shortcuts.find((each) => each.key === wanted)?.action ?? null;
}

/** Whether keys mean something else at this place: one types there. */
export function isWriting(place: Place): boolean {
  return place.closest(writing) !== null;
}

/** Whether the space bar presses something at this place. */
export function isPressable(place: Place): boolean {
  return place.closest(pressable) !== null;
}

/** The key in lower case; on a keyboard of another script the letter that is at its place in the Latin one. */
function letterOf({ key, code }: KeyPress): string {
  const isForeign = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  return isForeign ? code.replace(/^Key/, '').toLowerCase() : key.toLowerCase();
}
