import { createHash, randomBytes } from 'node:crypto';

/** 192 bits: nobody guesses one. */
const tokenBytes = 24;

/** What is kept of a token. */
export const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What a participant comes back with. The token itself is only told to its owner; its digest stays here. */
export interface ResumeToken {
  readonly token: string;
  readonly digest: Buffer;
}

/** Makes a new token. */
export function makeResumeToken(): ResumeToken {
  const token = randomBytes(tokenBytes).toString('base64url');
  return { token, digest: digestOf(token) };
}
