import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { type OutputPacket, PacketReader } from './wire.ts';

/** A room process that is asked to end and sends nothing for so long hangs. */
const silenceMs = 2000;

/** What a {@link FeedServer} calls. */
export interface FeedListener {
  connected(): void;
  packet(packet: OutputPacket): void;
}

/** Where a room process connects to: one at a time, and a newer one replaces the older. */
export class FeedServer {
  readonly #path: string;
  readonly #log: Logger;
  readonly #listener: FeedListener;
  readonly #server: Server;
  #current: Socket | null = null;

  /** @param path - Of a Unix socket, on Windows of a named pipe. */
  constructor(path: string, log: Logger, listener: FeedListener) {
    this.#path = path;
    this.#log = log;
    this.#listener = listener;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Begins to listen; a socket that was left there goes. */
  async listen(): Promise<void> {
    this.#remove();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#path, resolve);
    });
    // Nobody else of this machine may speak for a room.
    if (process.platform !== 'win32') chmodSync(this.#path, 0o600);
  }

  /** Asks the room process to send what it has queued and to end; resolves when all of it is here, and the socket gone. */
  async close(): Promise<void> {
    this.#server.close();
    this.#remove();
    const socket = this.#current;
    if (socket === null) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.end();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#current?.destroy();
    this.#current = socket;
    this.#log.info('room connected');
    const reader = new PacketReader();
    this.#listener.connected();
    socket.on('data', (piece) => {
      if (socket !== this.#current) return;
      let packets: OutputPacket[];
      try {
        packets = reader.push(piece);
      } catch (error) {
        this.#log.error({ err: error }, 'a room sent what cannot be read');
        socket.destroy();
        return;
      }
      for (const packet of packets) this.#listener.packet(packet);
    });
    socket.on('error', (error) => {
      // Its process has died, which the gateway tells.
      this.#log.info({ err: error }, 'connection of the room failed');
    });
    socket.on('close', () => {
      if (socket !== this.#current) return;
      this.#current = null;
      this.#log.info('room disconnected');
    });
  }

  #remove(): void {
    if (process.platform !== 'win32') rmSync(this.#path, { force: true });
  }
}
