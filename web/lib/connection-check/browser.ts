import { browserPlatform } from '../client/index.ts';
import type { CheckPlatform } from './check.ts';

/** The real browser, as a connection check needs it. */
export const browserCheck: CheckPlatform = {
  ...browserPlatform,
  fetch: (path, request) => fetch(path, { ...request, cache: 'no-store' }),
  now: () => performance.now(),
};
