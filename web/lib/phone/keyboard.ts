/** The part of `VisualViewport` that is used. */
interface ViewportLike {
  /** CSS pixels. */
  readonly height: number;
  /** How far the page is pinched open. */
  readonly scale: number;
  addEventListener(type: 'resize', listener: () => void): void;
  removeEventListener(type: 'resize', listener: () => void): void;
}

/** Whatever takes less is a bar of the browser, and no keyboard; CSS pixels. */
const leastPx = 120;

/**
 * How much of the page's foot a keyboard lies over, CSS pixels. Only iOS has it lie there: elsewhere the page is made smaller
 * (`interactive-widget` in its viewport), and nothing is left to be told.
 * @param pageHeight - `innerHeight`
 */
export function keyboardHeight(
  pageHeight: number,
  { height, scale }: Pick<ViewportLike, 'height' | 'scale'>,
): number {
  // Of a page that is pinched open one sees less, too.
  if (scale > 1.05) return 0;
  const covered = Math.round(pageHeight - height);
  return covered < leastPx ? 0 : covered;
}

/** Calls `onHeight` with {@link keyboardHeight} now and whenever it changes, until the returned function is called. */
export function watchKeyboard(
  viewport: ViewportLike,
  pageHeight: () => number,
  onHeight: (px: number) => void,
): () => void {
  let last: number | null = null;
  const look = (): void => {
    const now = keyboardHeight(pageHeight(), viewport);
    if (now !== last) onHeight(now);
    last = now;
  };
  viewport.addEventListener('resize', look);
  look();
  return () => {
    viewport.removeEventListener('resize', look);
  };
}
