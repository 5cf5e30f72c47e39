import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { ServerMessage } from '../../../mcu/protocol/server.ts';
import { backoffDelayMs } from './backoff.ts';
import type { Sent } from './outgoing-media.ts';
import type { Platform } from './platform.ts';
import type { JoinRequest } from './session-state.ts';
import { Signalling } from './signalling.ts';

/** What a connection needs of its surroundings. */
interface RoomConnectionContext {
  readonly platform: Pick<Platform, 'createSocket' | 'after' | 'random'>;
  /** Of the signalling WebSocket. */
  readonly url: string;
  /** What is sent: `join` is about to tell the server. */
  readonly joining: () => Pick<Sent, 'audio' | 'video'>;
  /** What the server says, over the socket of now. */
  readonly message: (message: ServerMessage) => void;
  /** The socket is lost, or given up; nothing more happens until {@link RoomConnection.retryLater} or another one. */
  readonly lost: () => void;
}

/** How long a socket may take until `joined`, in milliseconds. */
const joinPatienceMs = 10_000;

/**
 * The way into a room, and back into it: joins over one socket after the other, the first time as somebody new, and from then
 * on with the token that resumes the stay.
 */
export class RoomConnection {
  readonly #context: RoomConnectionContext;
  #request: JoinRequest | null = null;
  #resumeToken: string | null = null;
  #signalling: Signalling | null = null;
  #attempts = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(context: RoomConnectionContext) {
    this.#context = context;
  }

  /** Joins a room as somebody new. */
  join(request: JoinRequest): void {
    this.#request = request;
    this.#resumeToken = null;
    this.retryNow();
  }

  /** Tries at once, as for the first time. Nothing while there is a socket. */
  retryNow(): void {
    if (this.#signalling !== null) return;
    this.#attempts = 0;
    this.#connect();
  }

  /** Tries as soon as the back-off says. */
  retryLater(): void {
    const { platform } = this.#context;
    const delay = backoffDelayMs(this.#attempts, platform.random());
    this.#attempts += 1;
    this.#cancelTimer = platform.after(delay, () => {
      this.#connect();
    });
  }

  /** The server has let this participant in. @param resumeToken - which lets them in again */
  joined(resumeToken: string): void {
    this.#cancelTimer();
    this.#attempts = 0;
    this.#resumeToken = resumeToken;
  }

  /** Sends a message; nothing while there is no socket. */
  send(message: ClientMessageInput): void {
    this.#signalling?.send(message);
  }

  /** Gives the socket up, as if it were lost. */
  drop(): void {
    this.hangUp();
    this.#context.lost();
  }

  /** Gives the socket up, or the next try, and tells nobody. */
  hangUp(): void {
    this.#cancelTimer();
    this.#signalling?.close();
    this.#signalling = null;
  }

  /** Hangs up for good: the stay is over. */
  close(): void {
    this.hangUp();
    this.#resumeToken = null;
    this.#request = null;
  }

  #connect(): void {
    this.#cancelTimer();
    const { platform, url, message: tell } = this.#context;
    const signalling = new Signalling(platform.createSocket(url));
    this.#signalling = signalling;
    this.#cancelTimer = platform.after(joinPatienceMs, () => {
      this.drop();
    });
    signalling.on('open', () => {
      this.#sendJoin();
    });
    signalling.on('message', (message) => {
      // A socket that was given up may still have had something to say.
      if (this.#signalling === signalling) tell(message);
    });
    signalling.on('lost', () => {
      if (this.#signalling === signalling) this.drop();
    });
  }

  #sendJoin(): void {
    if (this.#request === null) return;
    const { room, name, token } = this.#request;
    const { audio, video } = this.#context.joining();
    this.send({
      type: 'join',
      protocol: 1,
      room,
      name,
      media: { audio, video },
      ...(token === undefined ? {} : { token }),
      ...(this.#resumeToken === null ? {} : { resume: this.#resumeToken }),
    });
  }
}
