import { WebSocket } from 'ws';

/** Something went wrong for one participant: a code, the contract's or one of ours, and a sentence. */
export interface LoadError {
  readonly code: string;
  readonly message: string;
}

/** What a signalling connection tells. */
export interface SignallingEvents {
  readonly open: () => void;
  readonly message: (message: unknown) => void;
  /** It could not be opened, or is over; `error` is null where we ended it. Comes once, last. */
  readonly closed: (error: LoadError | null) => void;
}

const handshakeMs = 10_000;
/** So long the server has to say goodbye, in milliseconds. */
const farewellMs = 1000;

/** The address of the signalling of a server. @throws TypeError when it is no address of a web server */
export function signallingAddress(url: string): string {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    throw new TypeError(`"${url}" is not a URL such as http://localhost:8080.`);
  }
  if (!/^(https?|wss?):$/.test(address.protocol)) {
    throw new TypeError(`"${url}" does not begin with http:// or https://.`);
  }
  const base = address.pathname.replace(/\/(ws)?$/, '');
  return `${address.protocol.replace('http', 'ws')}//${address.host}${base}/ws`;
}

/** One sentence on why nothing answers there. */
function unreachable(address: string, error: Error): LoadError {
  const code = 'code' in error ? String(error.code) : '';
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'the host name cannot be looked up',
    ETIMEDOUT: 'it does not answer',
    EHOSTUNREACH: 'there is no way to it',
  };
  const reason = reasons[code] ?? (error.message || 'it does not answer');
  return { code: 'unreachable', message: `${address} cannot be reached: ${reason}.` };
}

/** The WebSocket of one participant. */
export class Signalling {
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;
  #leaving = false;

  /**
   * @param address - As {@link signallingAddress} gives it.
   * @param events - Told what happens.
   */
  constructor(address: string, events: SignallingEvents) {
    this.#socket = new WebSocket(address, { handshakeTimeout: handshakeMs });
    let problem: LoadError | null = null;
    let opened = false;
    this.#socket.on('open', () => {
      opened = true;
      events.open();
    });
    this.#socket.on('message', (data, isBinary) => {
      if (isBinary || this.#leaving) return;
      let message: unknown;
      try {
        message = JSON.parse((data as Buffer).toString());
      } catch {
        return;
      }
      events.message(message);
    });
    this.#socket.on('error', (error) => {
      problem ??= opened
        ? { code: 'disconnected', message: `The connection broke: ${error.message}.` }
        : unreachable(address, error);
    });
    this.#closed = new Promise((resolve) => {
      this.#socket.on('close', (code) => {
        const lost = { code: 'disconnected', message: `The server hung up (${code}).` };
        events.closed(this.#leaving ? null : (problem ?? lost));
        resolve();
      });
    });
  }

  /** Sends a message, if the connection is open. */
  send(message: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Leaves and hangs up; resolves when that is done. May be called twice. */
  async leave(): Promise<void> {
    if (!this.#leaving) {
      this.#leaving = true;
      this.send({ type: 'leave' });
      this.#socket.close();
    }
    const timer = setTimeout(() => {
      this.#socket.terminate();
    }, farewellMs);
    await this.#closed;
    clearTimeout(timer);
  }
}

/** Whether signalling answers at an address: null, or why not. */
export function reach(address: string): Promise<LoadError | null> {
  return new Promise((resolve) => {
    const signalling = new Signalling(address, {
      open: () => {
        resolve(null);
        void signalling.leave();
      },
      message: () => undefined,
      closed: resolve,
    });
  });
}
