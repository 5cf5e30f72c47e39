import type { AccessInfo } from '../../mcu/protocol/access.ts';
import type { Invitation } from './client/index.ts';
import { entranceOf, type EntranceState } from './entrance-state.ts';

/** Where one stands with this link, as Svelte state. */
export class Entrance {
  /** The room token; null where there is none. */
  readonly token: string | null;
  readonly #room: string | null;
  readonly #ask: () => Promise<AccessInfo | null>;
  #state: EntranceState = $state.raw({ phase: 'asking' });

  /**
   * @param room - of the link; null for the plain lobby
   * @param ask - see `askAccess`
   */
  constructor(token: string | null, room: string | null, ask: () => Promise<AccessInfo | null>) {
    this.token = token;
    this.#room = room;
    this.#ask = ask;
    // Most servers ask for none: nobody waits there.
    if (token === null) this.#state = { phase: 'open', invitation: null };
    void this.ask();
  }

  /** Where one stands now. */
  get state(): EntranceState {
    return this.#state;
  }

  /** What one is invited to; null where no invitation is needed. */
  get invitation(): Invitation | null {
    return this.#state.phase === 'open' ? this.#state.invitation : null;
  }

  /** Asks the server, again if need be: an invitation ends while one is in the lobby. */
  async ask(): Promise<void> {
    this.#state = entranceOf(await this.#ask(), this.#room);
  }
}
