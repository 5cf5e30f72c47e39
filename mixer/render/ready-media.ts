import type { MediaInput } from '../input/index.ts';

/** Media that was opened to be looked over, and is kept for who begins with it: opening it again takes 40 ms. */
export class ReadyMedia {
  readonly #inputs = new Map<string, MediaInput>();

  /** Keeps what was opened at a path, at its beginning and with all its parts. */
  keep(path: string, input: MediaInput): void {
    this.#inputs.set(path, input);
  }

  /** Hands over what is kept of a path, once; undefined where there is nothing. */
  take(path: string): MediaInput | undefined {
    const input = this.#inputs.get(path);
    this.#inputs.delete(path);
    return input;
  }

  /** Closes what nobody has taken. Can be called twice. */
  close(): void {
    for (const input of this.#inputs.values()) input.close();
    this.#inputs.clear();
  }
}
