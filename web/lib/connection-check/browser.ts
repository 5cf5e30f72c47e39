import { browserPlatform, tokenHeaders } from '../client/index.ts';
import type { CheckPlatform } from './check.ts';

/**
 * The real browser, as a connection check needs it.
 * @param token - the room token, without which no relay is told of; null where there is none
 */
export const checkOf = (token: string | null): CheckPlatform => ({
  ...browserPlatform,
  fetch: (path, request) =>
    fetch(path, { ...request, headers: tokenHeaders(token), cache: 'no-store' }),
  now: () => performance.now(),
});
