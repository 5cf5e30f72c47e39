/** The part of `KeyboardEvent` that tells of input methods. */
interface ComposingKey {
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** What a key that an input method takes for itself has for its code (UI Events, section 7.3.1). */
const takenByMethod = 229;

/**
 * Whether a key is meant for an input method: it chooses from its list, or closes that. WebKit tells of such a key only once the
 * writing with it has ended, and then by its code alone (WebKit bug 165004).
 */
export function isComposing({ isComposing, keyCode }: ComposingKey): boolean {
  return isComposing || keyCode === takenByMethod;
}
