import type { RawData, WebSocket } from 'ws';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { clientMessageSchema, type ClientMessage } from '../protocol/client.ts';
import { maxMessageBytes, type PcName, protocolVersion } from '../protocol/common.ts';
import { asTold, type ErrorCode, OnegridError } from '../protocol/errors.ts';
import type { ServerMessage } from '../protocol/server.ts';
import type { Stay } from './room-registry.ts';
import type { Connection } from './room-context.ts';
import { shortId } from './short-id.ts';
import { checkSdp } from './sdp-limits.ts';
import type { Pass } from './tokens/door.ts';
import { TokenBucket } from './token-bucket.ts';

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;

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
/** So long the other side has to close the connection, too. */
const closePatienceMs = 2000;
/** A participant who reads nothing is cut off before their messages fill the memory. */
const maxBufferedBytes = 4 * 1024 * 1024;

/** Who goes on sending too fast after having been told so many times, and so many times a second, is cut off. */
const warningsPerSecond = 20;
const mostWarnings = 1000;

/** So much more than in a second may come at once, after a rest. */
const messageBurst = 4;
const negotiationBurst = 5;

/** How much one participant may send. */
export type SessionLimits = Pick<
  Settings,
  | 'messagesPerSecond'
  | 'negotiationsPerSecond'
  | 'maxSdpBytes'
  | 'maxCandidates'
  | 'maxNameLength'
  | 'maxChatLength'
>;

/** What a {@link Session} needs from around it. */
export interface SessionContext {
  readonly limits: SessionLimits;
  readonly log: Logger;
  /** See {@link Connection.isPrivate}. */
  readonly isPrivate: boolean;
  /** What somebody may be in the room they ask for; rejects with OnegridError. */
  readonly pass: (message: JoinMessage) => Promise<Pass>;
  /** Lets them in. @throws OnegridError */
  readonly enter: (message: JoinMessage, connection: Connection, pass: Pass) => Stay;
  /** The connection has joined. */
  readonly joined: () => void;
  /** A message was answered by an error. */
  readonly refused: (code: ErrorCode) => void;
}

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

/** No message that leaves is longer. */
const leaveBytes = 64;

/** Whether a message leaves; one that is not short costs nothing to look at. */
function isLeave({ data, isBinary }: Raw): boolean {
  if ((data as Buffer).length > leaveBytes) return false;
  try {
    return parseMessage(data, isBinary).type === 'leave';
  } catch {
    return false;
  }
}

const tooLarge = (sentence: string): OnegridError => new OnegridError('too-large', `${sentence}.`);
const tooFast = (): OnegridError => new OnegridError('too-fast', 'These are too many messages.');

/** Messages that make native code work, or start processes. */
const isNegotiation = ({ type }: ClientMessage): boolean =>
  type === 'offer' ||
  type === 'answer' ||
  type === 'reconnect' ||
  type === 'quality' ||
  type === 'record';

const candidatesIn = (sdp: string): number => sdp.match(/^a=candidate:/gim)?.length ?? 0;

/** Keeps a message for later; false where too much waits already. */
function wait(state: Extract<State, { phase: 'entering' }>, raw: Raw): boolean {
  state.bytes += (raw.data as Buffer).length;
  if (state.waiting.length >= mostWaiting || state.bytes > mostWaitingBytes) return false;
  state.waiting.push(raw);
  return true;
}

/** One WebSocket: reads its messages, joins it to a room, and tells that when it closes. */
export class Session implements Connection {
  readonly id = shortId();
  readonly isPrivate: boolean;
  readonly #socket: WebSocket;
  readonly #context: SessionContext;
  #log: Logger;
  readonly #joinTimer: NodeJS.Timeout;
  readonly #messages: TokenBucket;
  readonly #negotiations: TokenBucket;
  /** Candidates of each direction: in its last description, and since. */
  readonly #candidates: Record<PcName, number> = { uplink: 0, downlink: 0 };
  readonly #warnings = new TokenBucket(warningsPerSecond, mostWarnings, performance.now());
  #state: State = { phase: 'awaiting-join' };

  constructor(socket: WebSocket, context: SessionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#log = context.log.child({ join: this.id });
    this.isPrivate = context.isPrivate;
    const { messagesPerSecond, negotiationsPerSecond } = context.limits;
    const nowMs = performance.now();
    this.#messages = new TokenBucket(messagesPerSecond, messageBurst * messagesPerSecond, nowMs);
    this.#negotiations = new TokenBucket(
      negotiationsPerSecond,
      negotiationBurst * negotiationsPerSecond,
      nowMs,
    );
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
    this.#close(1000, reason);
  }

  #close(code: number, reason: string): void {
    const socket = this.#socket;
    socket.close(code, reason);
    const timer = setTimeout(() => {
      socket.terminate();
    }, closePatienceMs);
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  #read(data: RawData, isBinary: boolean): void {
    const state = this.#state;
    if (state.phase === 'ended') return;
    if ((data as Buffer).length > maxMessageBytes) {
      this.fail(new OnegridError('too-large', 'A message is at most 64 KiB.'), true);
      return;
    }
    const raw = { data, isBinary };
    const mayCome = this.#messages.take(performance.now());
    if (state.phase === 'entering') {
      if (!mayCome || !wait(state, raw)) this.#refuse(tooFast(), true);
    } else if (mayCome || isLeave(raw)) this.#take(raw);
    else this.#refuse(tooFast(), state.phase !== 'live');
  }

  /** Does what a message asks for; says where it cannot be done. */
  #take({ data, isBinary }: Raw): void {
    let message: ClientMessage | null = null;
    try {
      message = parseMessage(data, isBinary);
      this.#handle(message);
    } catch (error) {
      const ref = message?.type === 'chat' ? message.ref : undefined;
      this.#refuse(error, this.#state.phase !== 'live', ref);
    }
  }

  #refuse(error: unknown, fatal: boolean, ref?: string): void {
    const told = asTold(error);
    if (told.code === 'internal') this.#log.error({ err: error }, 'message failed');
    const isFlood = told.code === 'too-fast' && !this.#warnings.take(performance.now());
    this.fail(told, fatal || isFlood, ref);
  }

  /** Tells that something does not work; `fatal`: and ends the connection. `ref`: of the `chat` that was refused. */
  fail({ code, message }: OnegridError, fatal: boolean, ref?: string): void {
    const isJoining = this.#state.phase !== 'live';
    // One line for a connection that ends with it; those of others may be many.
    if (isJoining) this.#log.info({ code }, 'join refused');
    else this.#log.debug({ code }, 'message refused');
    this.#context.refused(code);
    this.send({ type: 'error', code, message, fatal, ...(ref !== undefined && { ref }) });
    if (!fatal) return;
    this.#ended(true);
    this.#close(1008, code);
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
      default:
        this.#checkLimits(message);
    }
    state.room.handle(state.participantId, message);
  }

  /** @throws OnegridError for what is more than one may send; nothing has changed then */
  #checkLimits(message: ClientMessage): void {
    const { maxSdpBytes, maxChatLength } = this.#context.limits;
    switch (message.type) {
      case 'offer':
      case 'answer':
        if (Buffer.byteLength(message.sdp) > maxSdpBytes) {
          throw tooLarge(`An ${message.type} is at most ${String(maxSdpBytes)} bytes`);
        }
        checkSdp(message.sdp, message.type);
        this.#count(message.pc, candidatesIn(message.sdp));
        return;
      case 'candidate':
        this.#count(message.pc, this.#candidates[message.pc] + 1);
        return;
      case 'chat':
        if ([...message.text].length <= maxChatLength) return;
        throw tooLarge(`A message has at most ${String(maxChatLength)} characters`);
      default:
    }
  }

  /** @throws OnegridError `too-large` */
  #count(pc: PcName, candidates: number): void {
    const { maxCandidates } = this.#context.limits;
    if (candidates > maxCandidates) {
      throw tooLarge(`There are at most ${String(maxCandidates)} candidates`);
    }
    this.#candidates[pc] = candidates;
  }

  #join(message: JoinMessage): void {
    const { maxNameLength } = this.#context.limits;
    if (message.protocol !== protocolVersion) {
      throw new OnegridError(
        'unsupported-protocol',
        `This server speaks protocol ${String(protocolVersion)}; reload the page.`,
      );
    }
    if ([...message.name].length > maxNameLength) {
      throw new OnegridError('bad-name', `A name has at most ${String(maxNameLength)} characters.`);
    }
    const entering = { phase: 'entering' as const, waiting: [], bytes: 0 };
    this.#state = entering;
    void this.#enter(message, entering.waiting);
  }

  async #enter(message: JoinMessage, waiting: readonly Raw[]): Promise<void> {
    const { pass, enter, joined } = this.#context;
    try {
      const may = await pass(message);
      if (this.#state.phase !== 'entering') return;
      const stay = enter(message, this, may);
      joined();
      clearTimeout(this.#joinTimer);
      this.#state = { phase: 'live', ...stay };
      this.#log = this.#log.child({ room: stay.room.name, participant: stay.participantId });
    } catch (error) {
      if (this.#state.phase === 'entering') this.#refuse(error, true);
      return;
    }
    for (const raw of waiting) this.#take(raw);
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
