import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Settings } from '../../config/settings.ts';
import type { AccessInfo } from '../../protocol/access.ts';
import { OnegridError } from '../../protocol/errors.ts';
import { isSecure, type Trust } from '../client-address.ts';
import { isOriginAllowed } from '../origin.ts';
import { TokenBucket } from '../token-bucket.ts';
import { expired } from '../tokens/door.ts';
import type { Grant, RoomTokens } from '../tokens/room-token.ts';
import { ApiKey, bearerOf, cookieName, sessionMs } from './api-key.ts';
import { checked } from './input.ts';
import { type HttpRight, mayAsk, notAllowed, onlyRoomOf, type Visitor } from './visitor.ts';

const loginSchema = z.strictObject({ key: z.string().min(1).max(1024) });

/** Guesses at the key: so many a second, so many at once. */
const guessesPerSecond = 2;
const guessesAtOnce = 20;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses requests that change something and come from pages of other sites: the browser would send the cookie along. */
export const ownOriginOnly =
  (settings: Settings, trust: Trust): RequestHandler =>
  (request, _response, next) => {
    const { origin, host } = request.headers;
    const asked = { origin, host, secure: isSecure(request, trust) };
    if (safeMethods.has(request.method) || isOriginAllowed(asked, settings.origins)) next();
    else throw new OnegridError('forbidden', 'Pages of this origin may not do that.');
  };

/**
 * The token that came along: in the header, or where a page cannot set one (`<video>`, `<img>`) in the query. Never one that changes
 * something: a link is clicked easily.
 */
function tokenOf({
  headers,
  method,
  query,
}: Pick<Request, 'headers' | 'method' | 'query'>): string | undefined {
  const { token } = query;
  const inQuery = safeMethods.has(method) && typeof token === 'string' ? token : undefined;
  return bearerOf(headers) ?? inQuery;
}

/** What {@link Access} needs of the server. */
export interface AccessContext {
  readonly settings: Pick<Settings, 'apiKey'>;
  /** Undefined: rooms ask for none. */
  readonly tokens: RoomTokens | undefined;
  readonly trust: Trust;
}

/** Who may use the HTTP API: `POST /login`, `POST /logout`, `GET /access`, and the guard of everything else. */
export class Access {
  readonly #key: ApiKey | undefined;
  readonly #tokens: RoomTokens | undefined;
  readonly #trust: Trust;
  readonly #guesses = new TokenBucket(guessesPerSecond, guessesAtOnce, performance.now());
  readonly #visitors = new WeakMap<Request, Visitor>();

  constructor({ settings: { apiKey }, tokens, trust }: AccessContext) {
    this.#key = apiKey === undefined ? undefined : new ApiKey(apiKey);
    this.#tokens = tokens;
    this.#trust = trust;
  }

  /** Whether there is anything to ask for. */
  get isOpen(): boolean {
    return this.#key === undefined && this.#tokens === undefined;
  }

  /** Lets pass who has the key or a room token; what the token allows each route asks {@link Access.require}. */
  get guard(): RequestHandler {
    return async (request, _response, next) => {
      this.#visitors.set(request, await this.#identify(request));
      next();
    };
  }

  /**
   * Lets nobody pass but who may.
   * @param room - whose things they are; null: of all rooms, or it will be asked again
   * @throws OnegridError `forbidden`
   */
  require(request: Request, right: HttpRight, room: string | null): void {
    const visitor = this.#visitors.get(request);
    if (visitor === undefined || !mayAsk(visitor, right, room)) throw notAllowed();
  }

  /** The one room whose things may be told; null: those of all. */
  onlyRoom(request: Request): string | null {
    const visitor = this.#visitors.get(request);
    if (visitor === undefined) throw notAllowed();
    return onlyRoomOf(visitor);
  }

  /** Whether who asks may join some room. */
  async mayJoinSomewhere(request: Request): Promise<boolean> {
    if (this.#tokens === undefined) return true;
    return (await this.#info(request)).invitation !== null;
  }

  /** `GET /access`, `POST /login {key}` and `POST /logout`. */
  get routes(): Router {
    const router = Router();
    router.get('/access', async (request, response) => {
      response.json(await this.#info(request));
    });
    router.post('/login', (request, response) => {
      const { key } = checked(loginSchema, request.body);
      if (!this.#guesses.take(performance.now())) {
        throw new OnegridError('too-fast', 'These are too many logins; wait a moment.');
      }
      if (!this.isOpen) {
        if (this.#key?.matches(key) !== true) {
          throw new OnegridError('unauthorized', 'This is not the key.');
        }
        this.#setCookie(request, response, this.#key.makeSession(Date.now()), sessionMs / 1000);
      }
      response.json({ status: 'ok' });
    });
    router.post('/logout', (request, response) => {
      this.#setCookie(request, response, '', 0);
      response.json({ status: 'ok' });
    });
    return router;
  }

  /** @throws OnegridError `unauthorized` */
  async #identify(request: Request): Promise<Visitor> {
    if (this.isOpen || this.#key?.admits(request.headers, Date.now()) === true) {
      return { kind: 'everything' };
    }
    const token = tokenOf(request);
    if (token === undefined || this.#tokens === undefined) {
      const what = this.#key === undefined ? 'an invitation' : 'the API key';
      throw new OnegridError('unauthorized', `This needs ${what}.`);
    }
    const grant = await this.#tokens.read(token);
    if (grant.isExpired) throw expired();
    return { kind: 'grant', grant };
  }

  async #info(request: Request): Promise<AccessInfo> {
    const [tokens, key] = [this.#tokens, this.#key !== undefined];
    if (tokens === undefined) return { tokens: false, key, invitation: null, problem: null };
    const without = { tokens: true, key, invitation: null };
    const token = tokenOf(request);
    if (token === undefined) return { ...without, problem: 'missing' };
    let grant: Grant;
    try {
      grant = await tokens.read(token);
    } catch {
      return { ...without, problem: 'invalid' };
    }
    if (grant.isExpired) return { ...without, problem: 'expired' };
    const { room, role, name, expiresMs } = grant;
    const expiresAt = new Date(Math.min(expiresMs, latestDateMs)).toISOString();
    return { tokens: true, key, invitation: { room, role, name, expiresAt }, problem: null };
  }

  #setCookie(request: Request, response: Response, value: string, maxAge: number): void {
    const attributes = [
      `${cookieName}=${value}`,
      'Path=/',
      `Max-Age=${maxAge}`,
      'HttpOnly',
      'SameSite=Strict',
      ...(isSecure(request, this.#trust) ? ['Secure'] : []),
    ];
    response.set('Set-Cookie', attributes.join('; '));
  }
}

/** The last moment that has a date in ISO 8601 with four digits of the year. */
const latestDateMs = Date.UTC(9999, 11, 31);
