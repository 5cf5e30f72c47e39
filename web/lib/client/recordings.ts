import type { ErrorCode } from '../../../mcu/protocol/errors.ts';
import type { Recording } from '../../../mcu/protocol/recordings.ts';

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

/** The part of `fetch` that is used. */
export type FetchLike = (
  path: string,
  request: { method: string; headers?: Record<string, string>; body?: string },
) => Promise<{ readonly ok: boolean; text(): Promise<string> }>;

/** The server's recordings over HTTP (CONTRACT: HTTP). Every method throws {@link ApiError}. */
export class RecordingsApi {
  readonly #fetch: FetchLike;

  constructor(fetch: FetchLike) {
    this.#fetch = fetch;
  }

  /** All recordings, newest first, or those of one room. */
  async list(room: string | null): Promise<Recording[]> {
    const query = room === null ? '' : `?room=${encodeURIComponent(room)}`;
    const answer = await this.#request('GET', `recordings${query}`);
    if (!Array.isArray(answer)) throw new ApiError('internal');
    return answer
      .filter(isRecording)
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

  /** Proves that one has the server's key; the server remembers it in a cookie. */
  async login(key: string): Promise<void> {
    await this.#request('POST', 'login', { key });
  }

  /** Forgets the key. */
  async logout(): Promise<void> {
    await this.#request('POST', 'logout');
  }

  /** @returns what the server answered, null where that is nothing */
  async #request(method: string, path: string, body?: object): Promise<unknown> {
    try {
      const response = await this.#fetch(`/api/v1/${path}`, {
        method,
        ...(body && {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
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
