type Listener<Arguments extends unknown[]> = (...args: Arguments) => void;

/** Typed events: `Events` maps an event's name to the tuple of its arguments. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {};

  /** Calls `listener` at each `event` from now on; the returned function ends that. */
  on<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = (this.#listeners[event] ??= new Set());
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Calls the listeners of `event`, in the order they came. */
  protected emit<Name extends keyof Events>(event: Name, ...args: Events[Name]): void {
    for (const listener of this.#listeners[event] ?? []) listener(...args);
  }
}
