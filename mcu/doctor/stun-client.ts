import { createHash, randomBytes } from 'node:crypto';
import { reasonOf } from './finding.ts';
import {
  readErrorCode,
  readStun,
  readXorAddress,
  stunAttributes,
  type StunMessage,
  stunTypes,
  writeStun,
} from './stun-message.ts';
import { openStunTransport, type StunAddress, type StunTransport } from './stun-transport.ts';

/** How a server answered. */
export type StunOutcome =
  /** `mapped`: this machine's address as the server sees it; `relayed`: where it would relay from. IPv4 only. */
  | {
      readonly kind: 'answers';
      readonly mapped?: string;
      readonly relayed?: string;
      readonly ms: number;
    }
  /** It was reached and said no. */
  | { readonly kind: 'refuses'; readonly code: number }
  /** Nothing came. */
  | { readonly kind: 'silent' }
  /** It cannot be reached. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** A name and a password, as TURN servers want them. */
export interface StunCredentials {
  readonly username: string;
  readonly credential: string;
}

/** All of it may take so long. */
const patienceMs = 3000;
/** Datagrams get lost: a request is sent again after so long. */
const resendMs = 400;

const udpProtocol = Buffer.from([17, 0, 0, 0]);

/** A conversation: one request after another, each with its answer. */
class StunConversation {
  readonly #transport: StunTransport;
  readonly #isUdp: boolean;
  readonly #opened: Promise<void>;
  #open: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #heard: (bytes: Buffer) => void = () => undefined;
  #resend: NodeJS.Timeout | undefined;

  constructor(address: StunAddress) {
    this.#isUdp = address.transport === 'udp';
    this.#opened = new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#fail = reject;
    });
    this.#transport = openStunTransport(address, {
      open: () => {
        this.#open();
      },
      message: (bytes) => {
        this.#heard(bytes);
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
  }

  /** Asks, and waits for the answer. @throws Error where the way to the server fails */
  async ask(message: StunMessage, key?: Buffer): Promise<StunMessage> {
    await this.#opened;
    const transactionId = randomBytes(12);
    const request = writeStun(message, transactionId, key);
    try {
      return await new Promise((resolve, reject) => {
        this.#fail = reject;
        this.#heard = (bytes) => {
          const answer = readStun(bytes, transactionId);
          if (answer !== null) resolve(answer);
        };
        this.#transport.send(request);
        if (!this.#isUdp) return;
        this.#resend = setInterval(() => {
          this.#transport.send(request);
        }, resendMs);
      });
    } finally {
      clearInterval(this.#resend);
    }
  }

  /** Says something without waiting for an answer, and ends. */
  close(last?: Buffer): void {
    this.#fail = () => undefined;
    // What was asked last may never be answered.
    clearInterval(this.#resend);
    if (last !== undefined) this.#transport.send(last);
    setImmediate(() => {
      this.#transport.close();
    });
  }
}

/**
 * Asks a server what it is there for: a binding of a STUN server, an allocation of a TURN server, which is given back at once.
 * @param credentials - for TURN; without them a TURN server is only seen to be there
 */
export async function askServer(
  address: StunAddress,
  credentials: StunCredentials | null,
): Promise<StunOutcome> {
  const conversation = new StunConversation(address);
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<StunOutcome>((resolve) => {
    timer = setTimeout(resolve, patienceMs, { kind: 'silent' });
  });
  const asked =
    address.scheme === 'stun' || credentials === null
      ? bind(conversation, start)
      : allocate(conversation, credentials, start);
  try {
    return await Promise.race([
      patience,
      asked.catch((error: unknown): StunOutcome => ({
        kind: 'unreachable',
        reason: reasonOf(error),
      })),
    ]);
  } finally {
    clearTimeout(timer);
    conversation.close();
  }
}

async function bind(conversation: StunConversation, start: number): Promise<StunOutcome> {
  const answer = await conversation.ask({ type: stunTypes.bindingRequest, attributes: new Map() });
  const mapped = readXorAddress(answer.attributes.get(stunAttributes.xorMappedAddress));
  return answer.type === stunTypes.bindingSuccess ? answersOf(start, mapped) : refusalOf(answer);
}

/** The long-term credential mechanism (RFC 8489 §9.2): the first answer says realm and nonce. */
async function allocate(
  conversation: StunConversation,
  { username, credential }: StunCredentials,
  start: number,
): Promise<StunOutcome> {
  const type = stunTypes.allocateRequest;
  const wish: [number, Buffer][] = [[stunAttributes.requestedTransport, udpProtocol]];
  const first = await conversation.ask({ type, attributes: new Map(wish) });
  const realm = first.attributes.get(stunAttributes.realm);
  const nonce = first.attributes.get(stunAttributes.nonce);
  if (realm === undefined || nonce === undefined) {
    // Either it wants no credentials, or something else is wrong.
    return first.type === stunTypes.allocateSuccess ? answersOf(start) : refusalOf(first);
  }
  const key = createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest();
  const who: [number, Buffer][] = [
    [stunAttributes.username, Buffer.from(username)],
    [stunAttributes.realm, realm],
    [stunAttributes.nonce, nonce],
  ];
  const second = await conversation.ask({ type, attributes: new Map([...wish, ...who]) }, key);
  if (second.type !== stunTypes.allocateSuccess) return refusalOf(second);
  const { attributes } = second;
  const lifetime: [number, Buffer] = [stunAttributes.lifetime, Buffer.alloc(4)];
  const refresh = { type: stunTypes.refreshRequest, attributes: new Map([lifetime, ...who]) };
  conversation.close(writeStun(refresh, randomBytes(12), key));
  return answersOf(
    start,
    readXorAddress(attributes.get(stunAttributes.xorMappedAddress)),
    readXorAddress(attributes.get(stunAttributes.xorRelayedAddress)),
  );
}

const answersOf = (start: number, mapped?: string, relayed?: string): StunOutcome => ({
  kind: 'answers',
  ...(mapped !== undefined && { mapped }),
  ...(relayed !== undefined && { relayed }),
  ms: performance.now() - start,
});

const refusalOf = ({ attributes }: StunMessage): StunOutcome => ({
  kind: 'refuses',
  code: readErrorCode(attributes.get(stunAttributes.errorCode)) ?? 0,
});
