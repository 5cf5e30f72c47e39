import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** TCP to a server by another port: what goes through can be cut, while media goes past it. */
export class Cable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The ends at the server. */
  readonly #far = new Set<Socket>();
  /** Whether nothing new gets through either. */
  isPulled = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param port - of the server, on this machine
   * @param address - where it can be reached
   */
  static async to(port: number, address = '127.0.0.1'): Promise<Cable> {
    const server = createServer();
    const cable = new Cable(server);
    server.on('connection', (near) => {
      if (cable.isPulled) {
        near.resetAndDestroy();
        return;
      }
      const far = connect(port, '127.0.0.1');
      cable.#far.add(far);
      far.on('close', () => cable.#far.delete(far));
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        cable.#sockets.add(socket);
        socket.pipe(other);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          cable.#sockets.delete(socket);
          other.destroy();
        });
      }
    });
    server.listen(0, address);
    await once(server, 'listening');
    return cable;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${String(port)}`;
  }

  /** Ends every connection there is, without a word to either side. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** From now on the server is heard no more over the connections there are; it still hears. */
  deafen(): void {
    for (const socket of this.#far) socket.unpipe();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
