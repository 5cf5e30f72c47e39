import { createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { displayNameSchema, type Role, roleSchema, roomNameSchema } from '../../protocol/common.ts';
import { OnegridError } from '../../protocol/errors.ts';

/** What a token's owner may be, and where. */
export interface Grant {
  /** In lower case; `*` for any. */
  readonly room: string;
  readonly role: Role;
  /** The name they have; null: any they like. */
  readonly name: string | null;
  /** Milliseconds of Unix time. */
  readonly expiresMs: number;
  /** Whether that is over: the token is genuine, but lets nobody in any more. */
  readonly isExpired: boolean;
}

/** Clocks of who makes tokens and who checks them differ by so much, in seconds. */
const clockTolerance = 5;
/** The only algorithm: what the token's header says is not a choice (RFC 8725 §3.1). */
const algorithm = 'HS256';
/** Three parts in Base64url, the last of 32 bytes: anything else is refused before it costs anything. */
const shape = /^[\w-]+\.[\w-]+\.[\w-]{43}$/;
/** As long as a `join` takes one. */
const longest = 4096;

const claimsSchema = z.object({
  room: z.union([z.literal('*'), roomNameSchema.transform((name) => name.toLowerCase())]),
  name: displayNameSchema.optional(),
  role: roleSchema,
  exp: z.number(),
});

const bad = (cause?: unknown): OnegridError =>
  new OnegridError('unauthorized', 'This invitation is not valid.', { cause });

/** The key of a secret; see `ONEGRID_TOKEN_SECRET`. */
const keyOf = (secret: string): KeyObject => createSecretKey(Buffer.from(secret));

/** Reads room tokens: JWTs (RFC 7519) under a secret that is shared with who makes them. */
export class RoomTokens {
  readonly #key: KeyObject;

  /** @param secret - at least 32 bytes */
  constructor(secret: string) {
    this.#key = keyOf(secret);
  }

  /**
   * What a token grants. Also for one that is expired, but genuine otherwise: see {@link Grant.isExpired}.
   * @throws OnegridError `unauthorized` for any other
   */
  async read(token: string): Promise<Grant> {
    if (token.length > longest || !shape.test(token)) throw bad();
    const { payload, isExpired } = await this.#verify(token);
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw bad(claims.error);
    const { room, role, name = null, exp } = claims.data;
    return { room, role, name, expiresMs: exp * 1000, isExpired };
  }

  async #verify(token: string): Promise<{ payload: unknown; isExpired: boolean }> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [algorithm],
        requiredClaims: ['exp'],
        clockTolerance,
      });
      return { payload, isExpired: false };
    } catch (error) {
      // Looked at last: everything else about it is good.
      if (error instanceof errors.JWTExpired) return { payload: error.payload, isExpired: true };
      throw bad(error);
    }
  }
}

/** What goes into a token. */
export interface TokenClaims {
  /** `*` for any. */
  readonly room: string;
  readonly role: Role;
  readonly name?: string | undefined;
  /** Seconds from now. */
  readonly ttlSeconds: number;
}

/**
 * Makes a token.
 * @param secret - at least 32 bytes
 * @param nowMs - milliseconds of Unix time
 */
export function makeRoomToken(secret: string, claims: TokenClaims, nowMs: number): Promise<string> {
  const { ttlSeconds, ...said } = claims;
  const issued = Math.floor(nowMs / 1000);
  return new SignJWT({ ...said })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setIssuedAt(issued)
    .setExpirationTime(issued + ttlSeconds)
    .sign(keyOf(secret));
}

/** Whether a grant is for a room. */
export const isFor = (grant: Pick<Grant, 'room'>, room: string): boolean =>
  grant.room === '*' || grant.room === room.toLowerCase();
