import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Settings } from '../../config/settings.ts';
import { OnegridError } from '../../protocol/errors.ts';
import { isOriginAllowed } from '../origin.ts';
import { TokenBucket } from '../token-bucket.ts';
import { ApiKey, cookieName, sessionMs } from './api-key.ts';
import { checked } from './input.ts';

const loginSchema = z.strictObject({ key: z.string().min(1).max(1024) });

/** Guesses at the key: so many a second, so many at once. */
const guessesPerSecond = 2;
const guessesAtOnce = 20;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses requests that change something and come from pages of other sites: the browser would send the cookie along. */
export const ownOriginOnly =
  (settings: Settings): RequestHandler =>
  (request, _response, next) => {
    const { origin, host } = request.headers;
    if (safeMethods.has(request.method) || isOriginAllowed(origin, host, settings.origins)) next();
    else throw new OnegridError('forbidden', 'Pages of this origin may not do that.');
  };

/** Who may use the HTTP API: `POST /login`, `POST /logout`, and the guard of everything else. */
export class Access {
  readonly #key: ApiKey | undefined;
  readonly #guesses = new TokenBucket(guessesPerSecond, guessesAtOnce, performance.now());

  constructor({ apiKey }: Settings) {
    this.#key = apiKey === undefined ? undefined : new ApiKey(apiKey);
  }

  /** Lets pass who may. */
  get guard(): RequestHandler {
    return (request, _response, next) => {
      if (this.#key === undefined || this.#key.admits(request.headers, Date.now())) next();
      else throw new OnegridError('unauthorized', 'This needs the API key.');
    };
  }

  /** `POST /login {key}` and `POST /logout`. */
  get routes(): Router {
    const router = Router();
    router.post('/login', (request, response) => {
      const { key } = checked(loginSchema, request.body);
      if (!this.#guesses.take(performance.now())) {
        throw new OnegridError('too-fast', 'These are too many logins; wait a moment.');
      }
      if (this.#key !== undefined) {
        if (!this.#key.matches(key)) throw new OnegridError('unauthorized', 'This is not the key.');
        setCookie(request, response, this.#key.makeSession(Date.now()), sessionMs / 1000);
      }
      response.json({ status: 'ok' });
    });
    router.post('/logout', (request, response) => {
      setCookie(request, response, '', 0);
      response.json({ status: 'ok' });
    });
    return router;
  }
}

function setCookie(request: Request, response: Response, value: string, maxAge: number): void {
  // A proxy says how it was asked. Who lies about it keeps the cookie from himself.
  const isSecure = request.secure || request.get('x-forwarded-proto')?.startsWith('https') === true;
  const attributes = [
    `${cookieName}=${value}`,
    'Path=/',
    `Max-Age=${maxAge}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ];
  response.set('Set-Cookie', attributes.join('; '));
}
