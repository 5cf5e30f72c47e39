import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { oneOf } from './seed.ts';
import { oddText, oddValue, tellingNames } from './text.ts';

/** A request, as bytes. */
export interface HostileRequest {
  readonly method: string;
  /** Everything up to the body. */
  readonly head: Buffer;
  readonly body: Buffer;
}

const traversals = [
  ...[
    '..',
    '.',
    '%2e%2e',
    '%2E%2E%2f',
    '..%2f..%2f..%2fetc%2fpasswd',
    '..%5c..%5cwin.ini',
    '....//',
    '%c0%ae%c0%ae',
  ],
  ...[
    '%00',
    '%',
    '%zz',
    '%E0%A4%A',
    '%ff',
    '%0d%0aX-Injected:%201',
    '~',
    '*',
    '\\',
    '//evil.example',
    'index.html',
  ],
  ...[
    '.git',
    '.env',
    'recording.json',
    'media.mp4',
    '%252e%252e',
    'a'.repeat(300),
    ';x=y',
    '&',
    '+',
    '\u00e4',
  ],
];
const fixed = [
  ...[
    '/',
    '/healthz',
    '/readyz',
    '/metrics',
    '/r/room',
    '/recordings',
    '/watch/room',
    '/ws',
    '/assets/x.js',
  ],
  ...[
    '/api/v1/rooms',
    '/api/v1/rooms/fuzz0',
    '/api/v1/recordings',
    '/api/v1/recordings/2026-11-26-abcd',
  ],
  ...[
    '/api/v1/rooms/fuzz0/snapshot.jpg',
    '/api/v1/rooms/none/recordings',
    '/api/v1/rooms/fuzz0/participants/x',
  ],
  ...[
    '/api/v1/streams/x',
    '/api/v1/login',
    '/api/v1/logout',
    '/api/v1/connection-check',
    '/hls/fuzz0/index.m3u8',
  ],
  ...[
    '/api/v1/connection-check/download',
    '/api/v1/connection-check/upload',
    '/api/v1/rooms/none/streams',
  ],
];
const step = oneOf(
  [4, fc.constantFrom(...traversals)],
  [
    4,
    fc.constantFrom(
      'api',
      'v1',
      'rooms',
      'recordings',
      'hls',
      'assets',
      'streams',
      'media',
      'fuzz0',
      'r',
    ),
  ],
  [2, fc.constantFrom(...tellingNames)],
  [1, oddText],
);
const query = oneOf(
  [6, fc.constant('')],
  [
    1,
    fc.constantFrom(
      ...[
        '?limit=1',
        '?limit=-1',
        '?limit=1e9',
        '?limit[]=1',
        '?room=',
        '?room[__proto__]=x',
        '?room=a&room=b',
      ],
      ...[
        '?token=x',
        '?download',
        '?__proto__[x]=1',
        '?' + 'a=b&'.repeat(500),
        '?%',
        '?\u0000',
        '??',
        '?limit=%00',
      ],
    ),
  ],
);
const path = fc
  .tuple(
    oneOf(
      [4, fc.constantFrom(...fixed)],
      [3, fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => '/' + steps.join('/'))],
      [2, fc.tuple(fc.constantFrom(...fixed), step).map(([base, end]) => `${base}/${end}`)],
      [
        1,
        fc.constantFrom(
          '*',
          'http://evil.example/healthz',
          'healthz',
          '/\u0000',
          'evil:443',
          '/a b',
        ),
      ],
    ),
    query,
  )
  .map(([base, end]) => base + end);

const method = oneOf(
  [10, fc.constant('GET')],
  [6, fc.constantFrom('POST', 'DELETE', 'PATCH', 'PUT', 'HEAD', 'OPTIONS')],
  [
    1,
    fc.constantFrom(
      'TRACE',
      'PROPFIND',
      'M-SEARCH',
      'get',
      'XXX',
      '',
      'CONNECT',
      'GET\u0000',
      'QUERY',
    ),
  ],
);

const header = oneOf(
  [
    6,
    fc.constantFrom(
      ...[
        'Range: bytes=0-',
        'Range: bytes=-1',
        'Range: bytes=9-1',
        'Range: bytes=0-0,1-1,2-2',
        'Range: x=1-2',
      ],
      ...[
        'Range: bytes=' + '0-1,'.repeat(400),
        'Range: bytes=99999999999999999999-',
        'If-Range: "x"',
      ],
      ...[
        'If-None-Match: *',
        'If-Modified-Since: x',
        'Accept: */*',
        'Accept-Encoding: br;q=9',
        'Expect: x',
      ],
      ...[
        'Origin: https://evil.example',
        'Origin: null',
        'Origin: http://',
        'Authorization: Bearer x',
        'Authorization: ',
      ],
      ...[
        'Authorization: Basic ' + 'A'.repeat(2000),
        'Cookie: onegrid_session=1.x; =; ;',
        'X-Forwarded-For: 1, 2',
      ],
      ...[
        'X-Forwarded-Proto: https',
        'Content-Encoding: gzip',
        'Content-Type: text/plain',
        'TE: trailers',
      ],
      ...[
        'Content-Type: application/json; charset=utf-99',
        'Content-Type: multipart/form-data',
        'X: \u00e4',
      ],
      ...[
        'Host: evil.example',
        'Host: a b',
        '__proto__: x',
        'constructor: x',
        'X: ' + 'y'.repeat(4000),
        ' folded: x',
      ],
      ...[
        'Upgrade: h2c',
        'Upgrade: websocket',
        'Sec-WebSocket-Key: x',
        'Sec-WebSocket-Version: 99',
        'bad header',
      ],
      ...[
        'Transfer-Encoding: identity',
        'Transfer-Encoding: chunked, chunked',
        'Content-Length: -1',
      ],
      ...[
        'X-HTTP-Method-Override: DELETE',
        'Upgrade-Insecure-Requests: 1',
        'Sec-Fetch-Site: cross-site',
      ],
    ),
  ],
  [1, oddText.map((value) => `X-Odd: ${value}`)],
);

const json = (value: unknown): string => JSON.stringify(value);
const body = oneOf(
  [
    4,
    fc
      .record(
        {
          layout: oneOf<unknown>([3, fc.constantFrom('grid', 'speaker')], [1, oddValue]),
          pinned: oneOf<unknown>([3, fc.constant(null)], [1, oddValue]),
          hls: oneOf<unknown>([1, fc.constant(false)], [1, oddValue]),
          tracks: oddValue,
          url: oneOf<unknown>(
            [2, fc.constantFrom('rtmp://', 'http://x', 'file:///etc/passwd')],
            [1, oddValue],
          ),
          key: oddValue,
          __proto__: oddValue,
        },
        { requiredKeys: [] },
      )
      .map(json),
  ],
  [2, oddValue.map(json)],
  [1, oddText],
  [
    1,
    fc.constantFrom(
      '{"__proto__":{"a":1}}',
      '[',
      '{',
      '['.repeat(9000),
      'x'.repeat(20_000),
      '\ufeff{}',
    ),
  ],
);

/** A request, from quite usual to hardly one. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .record({
    method,
    path,
    headers: fc.array(header, { maxLength: 3 }),
    body: oneOf([3, fc.constant('')], [1, body]),
    version: oneOf([40, fc.constant('HTTP/1.1')], [1, fc.constantFrom('HTTP/1.0', 'HTTP/9.9', '')]),
    framing: oneOf(
      [12, fc.constant('length')],
      [1, fc.constantFrom('chunked', 'bad chunks', 'none')],
    ),
  })
  .map(({ method: verb, path: target, headers, body: content, version, framing }) => {
    const bytes = Buffer.from(content);
    const lines = [`${verb} ${target} ${version}`];
    if (!headers.some((each) => /^host:/i.test(each))) lines.push('Host: localhost');
    lines.push(...headers);
    const declared = headers.some((each) => /^(content-length|transfer-encoding):/i.test(each));
    let sent: Buffer = bytes;
    if (framing === 'chunked' || framing === 'bad chunks') {
      lines.push('Transfer-Encoding: chunked');
      const size = framing === 'chunked' ? bytes.length.toString(16) : 'zz';
      sent = Buffer.concat([
        Buffer.from(bytes.length === 0 ? '' : `${size}\r\n`),
        bytes,
        Buffer.from(bytes.length === 0 ? '0\r\n\r\n' : '\r\n0\r\n\r\n'),
      ]);
    } else if (framing === 'length' && !declared && (bytes.length > 0 || verb === 'POST')) {
      lines.push(`Content-Length: ${String(bytes.length)}`);
    }
    const head = Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'utf8');
    return { method: verb, head, body: sent };
  });

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: Buffer;
}

/**
 * A connection that requests are written to as they are, one behind the other; a new one is made where the server has closed
 * it, or does not answer what it cannot take for a request.
 */
export class RawHttp {
  readonly #port: number;
  #socket: Socket | null = null;
  #data: Buffer = Buffer.alloc(0);
  #closed = true;
  #news: () => void = () => undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @returns what came back; null where the connection was closed, or nothing came for `patienceMs` */
  async ask(request: HostileRequest, patienceMs = 150): Promise<RawAnswer | null> {
    // Where it was about to be closed for what came before, that is no answer to this.
    const isFresh = this.#closed;
    const answer = await this.#ask(request, patienceMs);
    return answer === null && !isFresh ? this.#ask(request, patienceMs) : answer;
  }

  async #ask(
    { method: verb, head, body: content }: HostileRequest,
    patienceMs: number,
  ): Promise<RawAnswer | null> {
    if (this.#closed) await this.#open();
    const socket = this.#socket!;
    this.#data = Buffer.alloc(0);
    socket.write(Buffer.concat([head, content]));
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const answer = readAnswer(this.#data, verb === 'HEAD', this.#closed);
      if (answer !== null) {
        // What is behind it belongs to nothing that was asked.
        if (/^connection: close/im.test(answer.headers) || answer.rest > 0) this.close();
        return answer;
      }
      if (this.#closed || performance.now() > deadline) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        this.#news = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.close();
    return null;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.#closed = true;
  }

  #open(): Promise<void> {
    const socket = connect(this.#port, '127.0.0.1');
    this.#socket = socket;
    this.#closed = false;
    socket.on('data', (data) => {
      if (socket !== this.#socket) return;
      this.#data = Buffer.concat([this.#data, data]);
      this.#news();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#closed = true;
      this.#news();
    });
    return new Promise((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => {
        resolve();
      });
    });
  }
}

/** The first whole answer of what came; null where it is not whole yet. */
function readAnswer(
  data: Buffer,
  isHead: boolean,
  closed: boolean,
): (RawAnswer & { rest: number }) | null {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers = data.subarray(0, end).toString('latin1');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1] ?? 0);
  if (status === 100) return readAnswer(data.subarray(end + 4), isHead, closed);
  const rest = data.subarray(end + 4);
  const length = /^content-length: (\d+)$/im.exec(headers)?.[1];
  const none = isHead || status === 204 || status === 304;
  if (none) return { status, headers, body: Buffer.alloc(0), rest: rest.length };
  if (length !== undefined) {
    if (rest.length < Number(length)) return null;
    const body_ = rest.subarray(0, Number(length));
    return { status, headers, body: body_, rest: rest.length - Number(length) };
  }
  if (/^transfer-encoding: chunked$/im.test(headers)) {
    return rest.includes('0\r\n\r\n') ? { status, headers, body: rest, rest: 0 } : null;
  }
  return closed || rest.length === 0 ? { status, headers, body: rest, rest: 0 } : null;
}
