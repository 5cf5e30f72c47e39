import type { RawData, WebSocket } from 'ws';
import type { Logger } from '../log.ts';
import { clientMessageSchema, type ClientMessage } from '../protocol/client.ts';
import { maxMessageBytes, protocolVersion } from '../protocol/common.ts';
import { asTold, type ErrorCode, OnegridError } from '../protocol/errors.ts';
import type { ServerMessage } from '../protocol/server.ts';
import type { Stay } from './room-registry.ts';
import type { Connection } from './room-context.ts';
import { shortId } from './short-id.ts';
import { checkSdp } from './sdp-limits.ts';
import type { Pass } from './tokens/door.ts';
import { TokenBucket } from './token-bucket.ts';

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;

/** Lets people into rooms. */
export interface Entrance {
  /** What somebody may be there; rejects with OnegridError. */
  pass(message: JoinMessage): Promise<Pass>;
  /** Lets somebody into the room they ask for. @throws OnegridError */
  enter(message: JoinMessage, connection: Connection, pass: Pass): Stay;
  /** A message was answered by an error. */
  refused(code: ErrorCode): void;
}

/** A message as it came. */
interface Raw {
  readonly data: RawData;
  readonly isBinary: boolean;
}

type State =
  | { phase: 'awaiting-join' }
  /** Their token is being read; what they have sent meanwhile is looked at afterwards. */
  | { phase: 'entering'; waiting: Raw[]; bytes: number }
  | ({ phase: 'live' } & Stay)
  | { phase: 'ended' };

/** So much may wait until a token has been read. */
const mostWaiting = 64;
const mostWaitingBytes = 4 * maxMessageBytes;

/** A connection that has not joined after so long is closed. */
const joinTimeoutMs = 30_000;
/**
 * The close code of browsers whose tab is closed or shows another page (RFC 6455 §7.4.1); no page can send it itself, so it
 * is as good as `leave`.
 */
const goingAway = 1001;
/** A participant who reads nothing is cut off before their messages fill the memory. */
const maxBufferedBytes = 4 * 1024 * 1024;

/** The code for a message whose shape is wrong: names have codes of their own. */
function refusal(message: unknown, path: PropertyKey | undefined): OnegridError {
  const type = typeof message === 'object' && message !== null && 'type' in message && message.type;
  if (type === 'join' && path === 'room') {
    return new OnegridError(
      'bad-room-name',
      'A room name is 1 to 64 letters, digits, hyphens or underscores.',
    );
  }
  if (type === 'join' && path === 'name') {
    return new OnegridError('bad-name', 'A name is 1 to 64 characters without control characters.');
  }
  const field = path === undefined ? '' : ` (${String(path)})`;
  return new OnegridError('bad-message', `This message cannot be understood${field}.`);
}

/** Reads a message. @throws OnegridError */
function parseMessage(data: RawData, isBinary: boolean): ClientMessage {
  if ((data as Buffer).length > maxMessageBytes) {
    throw new OnegridError('too-large', 'A message is at most 64 KiB.');
  }
  if (isBinary) throw new OnegridError('bad-message', 'Messages are JSON text.');
  let message: unknown;
  try {
    message = JSON.parse((data as Buffer).toString('utf8'));
  } catch (cause) {
    throw new OnegridError('bad-message', 'This message is not JSON.', { cause });
  }
  const result = clientMessageSchema.safeParse(message);
  if (result.success) return result.data;
  throw refusal(message, result.error.issues[0]?.path[0]);
}

const tooFast = (): OnegridError => new OnegridError('too-fast', 'These are too many messages.');

/** Messages that make native code work, or start processes. */
const isNegotiation = ({ type }: ClientMessage): boolean =>
  type === 'offer' ||
  type === 'answer' ||
  type === 'reconnect' ||
  type === 'quality' ||
  type === 'record';

/** Keeps a message for later. @throws OnegridError `too-fast` where too much waits already */
function wait(state: Extract<State, { phase: 'entering' }>, raw: Raw): void {
  state.bytes += (raw.data as Buffer).length;
  if (state.waiting.length >= mostWaiting || state.bytes > mostWaitingBytes) throw tooFast();
  state.waiting.push(raw);
}

/** One WebSocket: reads its messages, joins it to a room, and tells that when it closes. */
export class Session implements Connection {
  readonly id = shortId();
  readonly isPrivate: boolean;
  readonly #socket: WebSocket;
  readonly #entrance: Entrance;
  #log: Logger;
  readonly #joinTimer: NodeJS.Timeout;
  readonly #messages = new TokenBucket(50, 200, performance.now());
  readonly #negotiations = new TokenBucket(2, 10, performance.now());
  #state: State = { phase: 'awaiting-join' };

  /**
   * @param isPrivate - see {@link Connection.isPrivate}
   * @param entrance - lets somebody in
   */
  constructor(socket: WebSocket, isPrivate: boolean, entrance: Entrance, log: Logger) {
    this.#socket = socket;
    this.isPrivate = isPrivate;
    this.#entrance = entrance;
    this.#log = log.child({ join: this.id });
    this.#joinTimer = setTimeout(() => {
      socket.close(4008, 'no join');
    }, joinTimeoutMs);
    socket.on('message', (data, isBinary) => {
      this.#read(data, isBinary);
    });
    socket.on('close', (code) => {
      this.#ended(code === goingAway);
    });
    socket.on('error', (error) => {
      this.#log.debug({ err: error }, 'WebSocket error');
    });
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > maxBufferedBytes) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }

  close(reason: Parameters<Connection['close']>[0]): void {
    this.send({ type: 'closed', reason });
    this.#state = { phase: 'ended' };
    this.#socket.close(1000, reason);
  }

  #read(data: RawData, isBinary: boolean): void {
    const state = this.#state;
    if (state.phase === 'ended') return;
    try {
      if (!this.#messages.take(performance.now())) throw tooFast();
      if (state.phase === 'entering') wait(state, { data, isBinary });
      else this.#handle(parseMessage(data, isBinary));
    } catch (error) {
      this.#refuse(error, state.phase !== 'live');
    }
  }

  #refuse(error: unknown, fatal: boolean): void {
    const told = asTold(error);
    const { code } = told;
    if (code === 'internal') this.#log.error({ err: error }, 'message failed');
    else if (this.#state.phase === 'live') this.#log.debug({ code }, 'message refused');
    else this.#log.info({ code }, 'join refused');
    this.#fail(told, fatal || code === 'too-large');
  }

  #fail({ code, message }: OnegridError, fatal: boolean): void {
    this.#entrance.refused(code);
    this.send({ type: 'error', code, message, fatal });
    if (!fatal) return;
    this.#ended(true);
    this.#socket.close(1008, code);
  }

  #handle(message: ClientMessage): void {
    const state = this.#state;
    if (state.phase === 'ended' || state.phase === 'entering') return;
    if (state.phase === 'awaiting-join') {
      if (message.type !== 'join') throw new OnegridError('not-joined', 'Join a room first.');
      this.#join(message);
      return;
    }
    if (isNegotiation(message) && !this.#negotiations.take(performance.now())) throw tooFast();
    switch (message.type) {
      case 'join':
        throw new OnegridError('conflict', 'This connection has joined a room already.');
      case 'leave':
        state.room.leave(state.participantId);
        this.close('left');
        return;
      case 'offer':
      case 'answer':
        checkSdp(message.sdp, message.type);
        break;
      default:
    }
    state.room.handle(state.participantId, message);
  }

  #join(message: JoinMessage): void {
    if (message.protocol !== protocolVersion) {
      throw new OnegridError(
        'unsupported-protocol',
        `This server speaks protocol ${String(protocolVersion)}; reload the page.`,
      );
    }
    const entering = { phase: 'entering' as const, waiting: [], bytes: 0 };
    this.#state = entering;
    void this.#enter(message, entering.waiting);
  }

  async #enter(message: JoinMessage, waiting: readonly Raw[]): Promise<void> {
    try {
      const pass = await this.#entrance.pass(message);
      if (this.#state.phase !== 'entering') return;
      const stay = this.#entrance.enter(message, this, pass);
      clearTimeout(this.#joinTimer);
      this.#state = { phase: 'live', ...stay };
      this.#log = this.#log.child({ room: stay.room.name, participant: stay.participantId });
    } catch (error) {
      if (this.#state.phase === 'entering') this.#refuse(error, true);
      return;
    }
    for (const { data, isBinary } of waiting) {
      try {
        this.#handle(parseMessage(data, isBinary));
      } catch (error) {
        this.#refuse(error, false);
      }
    }
  }

  /** @param forGood - false: they may come back */
  #ended(forGood: boolean): void {
    clearTimeout(this.#joinTimer);
    const state = this.#state;
    this.#state = { phase: 'ended' };
    if (state.phase !== 'live') return;
    if (forGood) state.room.leave(state.participantId);
    else state.room.lose(state.participantId);
  }
}
