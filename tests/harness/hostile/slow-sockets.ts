import { connect, type Socket } from 'node:net';

const upgrade = [
  'GET /ws HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n');
const upload = [
  'POST /api/v1/rooms/nowhere/recordings HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  'Content-Length: 5000',
  '',
  '{',
].join('\r\n');

/** A masked frame (RFC 6455 §5.2) with a mask of zeros: what it says is what is in it. */
export function maskedFrame(opcode: number, payload: Buffer, final = true): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([opcode | (final ? 0x80 : 0), 0x80 | length])
      : Buffer.from([opcode | (final ? 0x80 : 0), 0x80 | 126, length >> 8, length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

const chat = maskedFrame(1, Buffer.from(JSON.stringify({ type: 'chat', text: 'x'.repeat(3000) })));
const join = maskedFrame(
  1,
  Buffer.from(JSON.stringify({ type: 'join', protocol: 1, room: 'slow', name: 'Slow' })),
);
const pings = Buffer.concat(Array<Buffer>(200).fill(maskedFrame(9, Buffer.alloc(100))));

/** What a connection does that holds on to a server: what it says at once, what byte by byte, and whether it ever reads. */
const kinds = [
  { at: '', slowly: '', reads: true },
  { at: '', slowly: upgrade, reads: true },
  { at: upgrade, slowly: '', reads: true },
  { at: upgrade, slowly: chat, reads: true },
  { at: upgrade, slowly: join, reads: false },
  { at: upload, slowly: 'x'.repeat(3000), reads: true },
  { at: '', slowly: 'GET / HTTP/1.1\r\nX-A: ' + 'y'.repeat(5000), reads: true },
  { at: Buffer.concat([Buffer.from(upgrade), pings]), slowly: '', reads: false },
] as const;

/** Connections that take their time, of each kind as many. */
export class SlowSockets {
  readonly #sockets: { socket: Socket; rest: Buffer }[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor() {
    this.#timer = setInterval(() => {
      for (const each of this.#sockets) {
        if (each.rest.length === 0 || each.socket.destroyed) continue;
        each.socket.write(each.rest.subarray(0, 1));
        each.rest = each.rest.subarray(1);
      }
    }, 250);
  }

  static async open(port: number, count: number): Promise<SlowSockets> {
    const slow = new SlowSockets();
    await Promise.all(
      Array.from({ length: count }, (_, index) => {
        const { at, slowly, reads } = kinds[index % kinds.length]!;
        const socket = connect(port, '127.0.0.1');
        if (reads) socket.resume();
        else socket.pause();
        socket.on('error', () => undefined);
        if (at.length > 0) socket.write(at);
        slow.#sockets.push({ socket, rest: Buffer.from(slowly) });
        return new Promise<void>((resolve) => {
          socket.once('connect', resolve);
          socket.once('close', () => {
            resolve();
          });
        });
      }),
    );
    return slow;
  }

  /** How many the server has not closed. */
  get open(): number {
    return this.#sockets.filter(({ socket }) => !socket.destroyed && !socket.readableEnded).length;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { socket } of this.#sockets) socket.destroy();
  }
}
