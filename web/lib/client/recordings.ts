import type { ErrorCode } from '../../../mcu/protocol/errors.ts';
import type { Recording } from '../../../mcu/protocol/recordings.ts';
import { askAccess, type FetchLike, tokenHeaders } from './access.ts';

export type { Recording } from '../../../mcu/protocol/recordings.ts';

/** Why a request failed: the server's code, or that there was no answer to understand. */
export type ApiProblem = ErrorCode | 'unreachable';

/** A request that failed. */
export class ApiError extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** The server's recordings over HTTP (CONTRACT: HTTP). Every method throws {@link ApiError}. */
export class RecordingsApi {
  readonly #fetch: FetchLike;
  #token: string | null;
  /** Asked for once. */
  #access: ReturnType<typeof askAccess> | undefined;

  /** @param token - a host's room token; null: there is none */
  constructor(fetch: FetchLike, token: string | null = null) {
    this.#fetch = fetch;
    this.#token = token;
  }

  /** All recordings, newest first, or those of one room. Their URLs have the token: players and pictures send no headers. */
  async list(room: string | null): Promise<Recording[]> {
    const query = room === null ? '' : `?room=${encodeURIComponent(room)}`;
    const answer = await this.#request('GET', `recordings${query}`);
    if (!Array.isArray(answer)) throw new ApiError('internal');
    return answer
      .filter(isRecording)
      .map((recording) => this.#withToken(recording))
      .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  }

  /** Deletes a recording. One that is gone already counts as deleted. */
  async delete(id: string): Promise<void> {
    try {
      await this.#request('DELETE', `recordings/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.problem === 'not-found')) throw error;
    }
  }

  /** Whether the server has a key by which one gets on; so it seems where it does not say. */
  async hasKey(): Promise<boolean> {
    this.#access ??= askAccess(this.#fetch, this.#token);
    return (await this.#access)?.key ?? true;
  }

  /** Proves that one has the server's key; the server remembers it in a cookie. It opens more than any token. */
  async login(key: string): Promise<void> {
    await this.#request('POST', 'login', { key });
    this.#token = null;
  }

  /** Forgets the key. */
  async logout(): Promise<void> {
    await this.#request('POST', 'logout');
  }

  #withToken(recording: Recording): Recording {
    const token = this.#token;
    if (token === null) return recording;
    const urlOf = (url: string | null | undefined): string | null =>
      url === null || url === undefined ? null : `${url}?token=${encodeURIComponent(token)}`;
    return {
      ...recording,
      media: urlOf(recording.media),
      poster: urlOf(recording.poster),
      chat: urlOf(recording.chat),
      participants: recording.participants.map((participant) => ({
        ...participant,
        track: urlOf(participant.track),
      })),
    };
  }

  /** @returns what the server answered, null where that is nothing */
  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const headers = {
      ...tokenHeaders(this.#token),
      ...(body && { 'Content-Type': 'application/json' }),
    };
    try {
      const response = await this.#fetch(`/api/v1/${path}`, {
        method,
        ...(Object.keys(headers).length > 0 && { headers }),
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer: unknown = text === '' ? null : JSON.parse(text);
      if (response.ok) return answer;
      const code = fieldOf(fieldOf(answer, 'error'), 'code');
      throw new ApiError(typeof code === 'string' ? (code as ErrorCode) : 'internal');
    } catch (error) {
      // No network, or something between that answers in another language.
      throw error instanceof ApiError ? error : new ApiError('unreachable');
    }
  }
}

/** Whether a recording is under way: it will change by itself. */
export function isUnderWay({ state }: Pick<Recording, 'state'>): boolean {
  return state === 'starting' || state === 'active' || state === 'finishing';
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The server's shapes are trusted (same origin, same release); only what is no recording at all is left out. */
function isRecording(value: unknown): value is Recording {
  return (
    typeof fieldOf(value, 'id') === 'string' &&
    typeof fieldOf(value, 'state') === 'string' &&
    typeof fieldOf(value, 'startedAt') === 'string' &&
    Array.isArray(fieldOf(value, 'participants'))
  );
}
