import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../protocol/errors.ts';

/**
 * Options of the server for whoever sends a request byte by byte: the head must be there after 10 s, all of it after a minute, and
 * that is looked at every second. A body is 16 KiB, or what the connection check uploads.
 */
export const httpOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1000,
} as const;

/** A connection on which nothing moves for so long is closed, though an answer may not have been read yet. */
const idleMs = 120_000;

/** What is said to who sends what is no request, by the code of Node's error. */
const answers: Readonly<
  Record<string, readonly [status: string, code: ErrorCode, message: string]>
> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'too-large',
    'The head of a request is at most 16 KiB.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'bad-request', 'This request took too long.'],
};
const notUnderstood = [
  '400 Bad Request',
  'bad-request',
  'This request cannot be understood.',
] as const;

/** A body as all errors have it. */
const bodyOf = (code: ErrorCode, message: string): string =>
  JSON.stringify({ error: { code, message } });

/** The answer to what is no request, as bytes. */
function answerTo(error: NodeJS.ErrnoException): string {
  const [status, code, message] = answers[error.code ?? ''] ?? notUnderstood;
  const body = bodyOf(code, message);
  return [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    'Cache-Control: no-store',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    '',
    body,
  ].join('\r\n');
}

/** Whether part of an answer is on its way already, which another one must not break into (as Node's own handler does). */
const isAnswering = (socket: Duplex): boolean =>
  (socket as Duplex & { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent ===
  true;

/** Makes a server answer what it cannot understand as all errors are answered, and hold no connection for nothing. */
export function limitHttp(server: Server | HttpsServer): void {
  server.setTimeout(idleMs);
  // `Expect:` of something else than `100-continue` (RFC 9110 §10.1.1), which Node answers with nothing but the status.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = bodyOf('bad-request', 'This server expects nothing of that kind.');
    response.writeHead(417, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    // The other side may never close its half.
    socket.once('finish', () => socket.destroy());
    socket.end(answerTo(error));
  });
}
