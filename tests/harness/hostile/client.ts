import { once } from 'node:events';
import { WebSocket } from 'ws';
import { errorCodes } from '../../../mcu/protocol/errors.ts';
import { serverMessageSchema } from '../../../mcu/protocol/server.ts';
import { patienceMs } from '../until.ts';
import { keptAtHome } from './candidates.ts';
import { addressed, type HostileFrame } from './messages.ts';

/** Of what comes, this share is read closely: all of it would take longer than to send it. */
const lookAtEach = 16;
const known = new Set<string>(errorCodes);

/** A WebSocket that sends whatever it is given and notes what is wrong with what comes back. */
export class HostileClient {
  /** Codes of the errors it was told since it was connected. */
  readonly errors: string[] = [];
  /** What no server may do. */
  readonly wrong: string[] = [];
  id: string | null = null;
  resumeToken: string | null = null;
  readonly #socket: WebSocket;
  readonly #closed: Promise<unknown>;
  #received = 0;

  private constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false });
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data) => {
      this.#take((data as Buffer).toString());
    });
    this.#closed = once(this.#socket, 'close');
  }

  static async connect(url: string): Promise<HostileClient> {
    const client = new HostileClient(url);
    await Promise.race([once(client.#socket, 'open'), client.#closed]);
    return client;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: HostileFrame, ids: readonly string[]): HostileFrame {
    const sent = addressed(frame, ids);
    this.#socket.send(sent.data, { binary: sent.binary });
    return sent;
  }

  /** Resolves when the server has read all that was sent, or has closed. */
  async settled(): Promise<void> {
    if (!this.isOpen) return;
    this.#socket.ping();
    await Promise.race([once(this.#socket, 'pong'), this.#closed]);
  }

  /** Resolves when it is in a room, or was refused. */
  async entered(): Promise<void> {
    while (this.id === null && this.isOpen) {
      await Promise.race([once(this.#socket, 'message'), this.#closed]);
    }
  }

  /** Resolves when the server has closed it; rejects when it does not. */
  async ended(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error('the server did not close the connection'));
      }, patienceMs);
    });
    await Promise.race([this.#closed, tooLong]);
    clearTimeout(timer);
  }

  async drop(how: 'cut' | 'away'): Promise<void> {
    if (how === 'cut') this.#socket.terminate();
    else this.#socket.close(1001);
    await this.#closed;
  }

  #take(text: string): void {
    this.#received += 1;
    const isError = text.startsWith('{"type":"error"');
    if (!isError && !text.startsWith('{"type":"joined"') && this.#received % lookAtEach !== 0)
      return;
    const message = serverMessageSchema.safeParse(JSON.parse(text));
    if (!message.success) this.wrong.push(`${message.error.message}: ${text.slice(0, 300)}`);
    else if (message.data.type === 'joined') {
      this.id = message.data.participantId;
      this.resumeToken = message.data.resumeToken;
    } else if (message.data.type === 'error') {
      const { code } = message.data;
      this.errors.push(code);
      if (!known.has(code) || code === 'internal') this.wrong.push(text.slice(0, 300));
    }
  }
}

/** A frame with every address in it one of this machine. */
export const frameAtHome = (frame: HostileFrame): HostileFrame =>
  typeof frame.data === 'string' && frame.data.includes('candidate')
    ? { ...frame, data: keptAtHome(frame.data) }
    : frame;
