import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { ServerMessage } from '../../../mcu/protocol/server.ts';
import { Emitter } from './emitter.ts';
import type { SocketLike } from './platform.ts';

/** What a signalling connection reports. */
export interface SignallingEvents {
  /** Messages can be sent from now on. */
  open: [];
  /** One message of the server. Types this client does not know are passed on too. */
  message: [message: ServerMessage];
  /** The socket is gone, or never came up. At most once, and not after {@link Signalling.close}. */
  lost: [];
}

/** One WebSocket, in the messages of the contract. It does not reconnect: a session makes a new one. */
export class Signalling extends Emitter<SignallingEvents> {
  readonly #socket: SocketLike;
  #state: 'opening' | 'open' | 'over' = 'opening';

  constructor(socket: SocketLike) {
    super();
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (this.#state !== 'opening') return;
      this.#state = 'open';
      this.emit('open');
    });
    socket.addEventListener('message', (event) => {
      if (this.#state !== 'open') return;
      const message = parse(event.data);
      if (message !== null) this.emit('message', message);
    });
    // A failed attempt fires `error` and then `close`: the second says it all.
    socket.addEventListener('close', () => {
      if (this.#state === 'over') return;
      this.#state = 'over';
      this.emit('lost');
    });
  }

  /** Sends a message; silently nothing when the socket is not open, which `lost` tells anyway. */
  send(message: ClientMessageInput): void {
    if (this.#state === 'open') this.#socket.send(JSON.stringify(message));
  }

  /** Ends the connection after what was already sent. */
  close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#socket.close();
  }
}

/** The server's shapes are trusted (same origin, same release); only garbage is kept out. */
function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'type' in message
      ? (message as ServerMessage)
      : null;
  } catch {
    return null;
  }
}
