import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The cookie of who has logged in. */
export const cookieName = 'onegrid_session';
/** How long a login lasts. */
export const sessionMs = 12 * 60 * 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Digests are compared: their length tells nothing about the key's. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Who may use the HTTP API: who has the key, or a cookie made with it. */
export class ApiKey {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** Whether this is the key. */
  matches(text: string): boolean {
    return isSame(text, this.#key);
  }

  /**
   * The value of a cookie: when it ends, and an HMAC that only the key's holder can make.
   * @param nowMs - milliseconds of Unix time
   */
  makeSession(nowMs: number): string {
    const expires = String(nowMs + sessionMs);
    return `${expires}.${this.#sign(expires)}`;
  }

  /**
   * Whether a request may pass.
   * @param headers - `authorization` and `cookie`
   * @param nowMs - milliseconds of Unix time
   */
  admits(
    headers: { authorization?: string | undefined; cookie?: string | undefined },
    nowMs: number,
  ): boolean {
    const bearer = bearerOf(headers);
    if (bearer !== undefined) return this.matches(bearer);
    return cookiesOf(headers.cookie ?? '', cookieName).some((value) =>
      this.#isSession(value, nowMs),
    );
  }

  #isSession(value: string, nowMs: number): boolean {
    const [, expires = '', signature = ''] = /^(\d{1,15})\.([\w-]+)$/.exec(value) ?? [];
    return signature !== '' && isSame(signature, this.#sign(expires)) && Number(expires) > nowMs;
  }

  #sign(expires: string): string {
    return createHmac('sha256', this.#key).update(`session ${expires}`).digest('base64url');
  }
}

/** What comes after `Bearer` (RFC 6750 §2.1). */
export const bearerOf = (headers: { authorization?: string | undefined }): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];

/** The values of all cookies of that name (RFC 6265 §5.4). */
export function cookiesOf(header: string, name: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
