import type { AccessInfo } from '../../../mcu/protocol/access.ts';

export type { Invitation } from '../../../mcu/protocol/access.ts';

/** The part of `fetch` that is used. */
export type FetchLike = (
  path: string,
  request: { method: string; headers?: Record<string, string>; body?: string },
) => Promise<{ readonly ok: boolean; text(): Promise<string> }>;

/** The headers of a request by who has a room token. */
export const tokenHeaders = (token: string | null): Record<string, string> =>
  token === null ? {} : { Authorization: `Bearer ${token}` };

/**
 * Asks the server whether it wants room tokens, and what it makes of this one.
 * @param token - null: there is none
 * @returns null where it does not answer, or knows nothing of tokens
 */
export async function askAccess(
  fetch: FetchLike,
  token: string | null,
): Promise<AccessInfo | null> {
  try {
    const headers = tokenHeaders(token);
    const response = await fetch('/api/v1/access', { method: 'GET', headers });
    const answer: unknown = response.ok ? JSON.parse(await response.text()) : null;
    return isAccess(answer) ? answer : null;
  } catch {
    return null;
  }
}

/** The server's shapes are trusted (same origin, same release); only what is none is left out. */
const isAccess = (value: unknown): value is AccessInfo =>
  typeof value === 'object' && value !== null && 'tokens' in value && 'problem' in value;
