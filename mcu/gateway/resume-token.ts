import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 192 bits: nobody guesses one. */
const tokenBytes = 24;

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

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

/** Whether `token` is the one of that digest; takes as long whatever it is. */
export function isTokenOf(digest: Buffer, token: string): boolean {
  return timingSafeEqual(digestOf(token), digest);
}
