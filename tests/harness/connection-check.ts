import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

/** Has the lobby check the connection once more; its details must be open. */
export const checkAgain = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Check again' }).click();

/**
 * Waits until a check of the connection finds that, and has it checked again where one does not: a machine that is busy for a
 * moment makes any connection look worse than it is.
 * @returns how many more checks it took; the details are closed
 */
export async function checkFinds(page: Page, what: Locator): Promise<number> {
  const details = page.getByText('Details');
  let more = 0;
  await until(
    async () => {
      // There are some once a check is over.
      await details.waitFor();
      if ((await what.count()) > 0) return true;
      await details.click();
      await checkAgain(page);
      more += 1;
      return false;
    },
    () => page.getByRole('region', { name: 'Connection' }).innerText(),
  );
  return more;
}
