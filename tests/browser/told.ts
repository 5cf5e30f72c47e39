import type { Page } from 'playwright-core';
import { until } from '../harness/until.ts';

type Listened = Window & { told: Set<string> };

/** Runs in the page: remembers all that its regions for screen readers have had in them. */
function remember(): void {
  const told = new Set<string>();
  const look = (): void => {
    const regions = '[aria-live="polite"], [role="status"], [role="log"]';
    for (const { textContent } of document.querySelectorAll(regions)) told.add(textContent);
  };
  Object.assign(window, { told });
  look();
  const changes = { childList: true, characterData: true, subtree: true };
  new MutationObserver(look).observe(document, changes);
}

/** From now on the page remembers what screen readers are told: by the time somebody looks for it, it may be gone again. */
export const rememberTold = (page: Page): Promise<void> => page.evaluate(remember);

/** Waits until a screen reader is told so, or has been since {@link rememberTold}. */
export async function isTold(page: Page, sentence: string): Promise<void> {
  const told = (): Promise<string[]> =>
    page.evaluate(() => [...(window as unknown as Listened).told]);
  await until(
    async () => (await told()).some((text) => text.includes(sentence)),
    async () => `it should be told “${sentence}”, and is told: ${(await told()).join(' | ')}`,
  );
}
