import { OnegridError } from '../protocol/errors.ts';

/** How many WebSockets there may be; 0: no limit. */
export interface ConnectionLimits {
  /** In all. */
  readonly most: number;
  /** Of one address. */
  readonly mostPerAddress: number;
  /** Of one address, of those who have not joined yet; at least 1. */
  readonly mostUnjoined: number;
}

/** A WebSocket that is counted. */
export interface Counted {
  /** It has joined a room. */
  joined(): void;
  /** It is gone; may be called twice. */
  gone(): void;
}

interface Address {
  count: number;
  /** What cuts off those who have not joined, the oldest first. */
  readonly waiting: Set<() => void>;
}

/**
 * Counts the WebSockets there are. Whoever opens many and never joins only crowds out themselves: of those who have not joined
 * yet the oldest of the same address makes room for the next, so that who does join always can.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #addresses = new Map<string, Address>();
  #count = 0;
  #waiting = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** How many of them have not joined. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Counts another one.
   * @param address - as {@link addressKey} gives it
   * @param cutOff - ends it, should it wait for too long with others of its address
   * @throws OnegridError `overloaded`, `too-fast` where there are too many, of all or of this address
   */
  add(address: string, cutOff: () => void): Counted {
    const { most, mostPerAddress, mostUnjoined } = this.#limits;
    const own = this.#addresses.get(address) ?? { count: 0, waiting: new Set() };
    if (most > 0 && this.#count >= most) {
      throw new OnegridError('overloaded', 'This server has as many connections as it may have.');
    }
    if (mostPerAddress > 0 && own.count >= mostPerAddress) {
      throw new OnegridError('too-fast', 'There are too many connections from this address.');
    }
    this.#addresses.set(address, own);
    own.count += 1;
    this.#count += 1;
    const [oldest] = own.waiting;
    const isFull = own.waiting.size >= mostUnjoined;
    own.waiting.add(cutOff);
    this.#waiting += 1;
    let isGone = false;
    const joined = (): void => {
      if (own.waiting.delete(cutOff)) this.#waiting -= 1;
    };
    // It calls its own `gone`, now or later.
    if (isFull && oldest !== undefined) {
      own.waiting.delete(oldest);
      this.#waiting -= 1;
      oldest();
    }
    return {
      joined,
      gone: () => {
        if (isGone) return;
        isGone = true;
        joined();
        own.count -= 1;
        this.#count -= 1;
        if (own.count === 0) this.#addresses.delete(address);
      },
    };
  }
}
