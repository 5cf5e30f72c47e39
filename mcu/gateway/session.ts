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
import { TokenBucket } from './token-bucket.ts';

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;
/** Lets somebody into the room they ask for. @throws OnegridError */
type Enter = (message: JoinMessage, connection: Connection) => Stay;

type State = { phase: 'awaiting-join' } | ({ phase: 'live' } & Stay) | { phase: 'ended' };

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

/** One WebSocket: reads its messages, joins it to a room, and tells that when it closes. */
export class Session implements Connection {
  readonly id = shortId();
  readonly #socket: WebSocket;
  readonly #enter: Enter;
  readonly #refused: (code: ErrorCode) => void;
  #log: Logger;
  readonly #joinTimer: NodeJS.Timeout;
  readonly #messages = new TokenBucket(50, 200, performance.now());
  readonly #negotiations = new TokenBucket(2, 10, performance.now());
  #state: State = { phase: 'awaiting-join' };

  /**
   * @param enter - lets somebody in
   * @param refused - told of each message that was answered by an error
   */
  constructor(
    socket: WebSocket,
    enter: Enter,
    log: Logger,
    refused: (code: ErrorCode) => void = () => undefined,
  ) {
    this.#refused = refused;
    this.#socket = socket;
    this.#enter = enter;
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
    if (this.#state.phase === 'ended') return;
    try {
      if (!this.#messages.take(performance.now())) throw tooFast();
      this.#handle(parseMessage(data, isBinary));
    } catch (error) {
      const joining = this.#state.phase === 'awaiting-join';
      const told = asTold(error);
      const { code } = told;
      if (code === 'internal') this.#log.error({ err: error }, 'message failed');
      else
        this.#log[joining ? 'info' : 'debug'](
          { code },
          joining ? 'join refused' : 'message refused',
        );
      this.#fail(told, joining || told.code === 'too-large');
    }
  }

  #fail({ code, message }: OnegridError, fatal: boolean): void {
    this.#refused(code);
    this.send({ type: 'error', code, message, fatal });
    if (!fatal) return;
    this.#ended(true);
    this.#socket.close(1008, code);
  }

  #handle(message: ClientMessage): void {
    const state = this.#state;
    if (state.phase === 'ended') return;
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
    const stay = this.#enter(message, this);
    clearTimeout(this.#joinTimer);
    this.#state = { phase: 'live', ...stay };
    this.#log = this.#log.child({ room: stay.room.name, participant: stay.participantId });
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
