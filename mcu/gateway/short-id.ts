import { randomBytes } from 'node:crypto';

/**
 * A new id that is short enough to be read out and told apart from others of the same day: 8 characters, 48 bits. Not a
 * secret.
 */
export const shortId = (): string => randomBytes(6).toString('base64url');
