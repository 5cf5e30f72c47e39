import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ClientMessageInput } from '../../mcu/protocol/client.ts';
import { type ServerMessage, serverMessageSchema } from '../../mcu/protocol/server.ts';
import { until } from './until.ts';

/** A signalling connection without any media; every message from the server is checked. */
export class SignallingClient {
  readonly received: ServerMessage[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.received.push(serverMessageSchema.parse(JSON.parse((data as Buffer).toString())));
    });
    socket.on('error', () => undefined);
  }

  /** Connects; rejects if the server refuses the upgrade. */
  static async connect(
    url: string,
    headers: Record<string, string> = {},
  ): Promise<SignallingClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });
    const client = new SignallingClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and joins; `resume`: with the token of a stay before. */
  static async join(
    url: string,
    room: string,
    name: string,
    more: { token?: string; resume?: string; media?: { audio: boolean; video: boolean } } = {},
  ): Promise<SignallingClient> {
    const client = await SignallingClient.connect(url);
    client.send({ type: 'join', protocol: 1, room, name, ...more });
    await client.next('joined');
    return client;
  }

  send(message: ClientMessageInput): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(text: string | Buffer): void {
    this.#socket.send(text);
  }

  /** Waits for the first message of a type that fits. */
  async next<Type extends ServerMessage['type']>(
    type: Type,
    fits: (message: Extract<ServerMessage, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    type Wanted = Extract<ServerMessage, { type: Type }>;
    const find = (): Wanted | undefined =>
      this.received.find(
        (message): message is Wanted => message.type === type && fits(message as Wanted),
      );
    await until(
      () => find() !== undefined,
      () => `no ${type} among ${this.received.map((message) => message.type).join(', ')}`,
    );
    return find()!;
  }

  get id(): string {
    const joined = this.received.find((message) => message.type === 'joined');
    return joined!.participantId;
  }

  /** What this participant may come back with. */
  get resumeToken(): string {
    const joined = this.received.find((message) => message.type === 'joined');
    return joined!.resumeToken;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Leaves, as people do who do not come back. */
  async close(): Promise<void> {
    if (this.isOpen) this.send({ type: 'leave' });
    await this.drop(1000);
  }

  /** Closes the connection without having left; no code: as if a cable had been cut. */
  async drop(code?: number): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    if (code === undefined) this.#socket.terminate();
    else this.#socket.close(code);
    await once(this.#socket, 'close');
  }
}
