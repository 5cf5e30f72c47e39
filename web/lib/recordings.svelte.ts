import {
  ApiError,
  isUnderWay,
  type ApiProblem,
  type Recording,
  type RecordingsApi,
} from './client/index.ts';

/** How often the list is asked for while a recording in it is under way, in milliseconds. */
const pollMs = 2000;

/** Where the recordings page stands. */
export type ListState =
  | { readonly phase: 'loading' }
  /** The server asks for its key, or for another invitation where it has none. `rejected`: it has turned a key down. */
  | {
      readonly phase: 'locked';
      readonly asksForKey: boolean;
      readonly rejected: ApiProblem | null;
    }
  | { readonly phase: 'failed'; readonly problem: ApiProblem }
  /** `problem`: the list could not be had anew; this is what it was. */
  | {
      readonly phase: 'there';
      readonly recordings: readonly Recording[];
      readonly problem: ApiProblem | null;
    };

/** The recordings of the server, or of one room, as Svelte state; anew every 2 s while one is under way. */
export class RecordingList {
  readonly #api: RecordingsApi;
  readonly #room: string | null;
  #state: ListState = $state.raw({ phase: 'loading' });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** Counts loads and changes: an answer to an older question is no news. */
  #round = 0;

  constructor(api: RecordingsApi, room: string | null) {
    this.#api = api;
    this.#room = room;
  }

  /** Where it stands now. */
  get state(): ListState {
    return this.#state;
  }

  /** Asks for the list. */
  async load(): Promise<void> {
    clearTimeout(this.#timer);
    this.#round += 1;
    const round = this.#round;
    const state = await this.#ask();
    if (this.#closed || round !== this.#round) return;
    this.#state = state;
    const again =
      state.phase === 'there' && (state.problem !== null || state.recordings.some(isUnderWay));
    if (again) this.#timer = setTimeout(() => void this.load(), pollMs);
  }

  /** Asks again after a failure, and says that it does. */
  async retry(): Promise<void> {
    this.#state = { phase: 'loading' };
    await this.load();
  }

  /**
   * Deletes a recording.
   * @returns what went wrong; null when it is gone
   */
  async delete(id: string): Promise<ApiProblem | null> {
    try {
      await this.#api.delete(id);
    } catch (error) {
      return problemOf(error);
    }
    const { state } = this;
    if (state.phase === 'there') {
      this.#state = { ...state, recordings: state.recordings.filter((each) => each.id !== id) };
    }
    await this.load();
    return null;
  }

  /** Tries a key, and shows the list if it is right. */
  async login(key: string): Promise<void> {
    try {
      await this.#api.login(key);
    } catch (error) {
      this.#state = { phase: 'locked', asksForKey: true, rejected: problemOf(error) };
      return;
    }
    await this.load();
  }

  /** Forgets the key. */
  async logout(): Promise<void> {
    try {
      await this.#api.logout();
    } finally {
      await this.load();
    }
  }

  /** Asks no more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<ListState> {
    try {
      return { phase: 'there', recordings: await this.#api.list(this.#room), problem: null };
    } catch (error) {
      const problem = problemOf(error);
      if (problem === 'unauthorized' || problem === 'forbidden') {
        return { phase: 'locked', asksForKey: await this.#api.hasKey(), rejected: null };
      }
      return this.#state.phase === 'there'
        ? { ...this.#state, problem }
        : { phase: 'failed', problem };
    }
  }
}

function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiError ? error.problem : 'internal';
}
