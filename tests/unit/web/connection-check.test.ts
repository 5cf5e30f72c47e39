import { describe, expect, it } from 'vitest';
import type { ConnectionCheckInfo } from '../../../mcu/protocol/connection-check.ts';
import { checkConnection, type CheckPlatform } from '../../../web/lib/connection-check/check.ts';
import {
  type Findings,
  nothingFound,
  verdictOf,
} from '../../../web/lib/connection-check/findings.ts';
import { kbpsOf, rateOf } from '../../../web/lib/connection-check/speed.ts';
import { relaysOf, udpServer } from '../../../web/lib/connection-check/ways.ts';
import { findingLines } from '../../../web/lib/words.ts';
import { FakePlatform, type FakePeer, settle } from './fakes.ts';

const all: Findings = {
  server: true,
  signalling: true,
  roundTripMs: 20,
  udp: true,
  relay: null,
  downKbps: 9000,
  upKbps: 4000,
};

describe('the verdict on a connection', () => {
  it.each<[ReturnType<typeof verdictOf>, Partial<Findings>]>([
    ['good', {}],
    ['unreachable', { server: false }],
    ['no-signalling', { signalling: false, udp: false }],
    ['no-media', { udp: false }],
    ['no-media', { udp: false, relay: 'none' }],
    ['only-tcp', { udp: false, relay: 'tcp', downKbps: 100 }],
    ['good', { udp: false, relay: 'udp' }],
    ['weak-down', { downKbps: 1000 }],
    ['weak-up', { upKbps: 300 }],
    ['weak', { downKbps: 1000, upKbps: 300 }],
    ['good', { udp: null, downKbps: null, upKbps: null }],
  ])('is %s for %o', (verdict, findings) => {
    expect(verdictOf({ ...all, ...findings })).toBe(verdict);
  });

  it('is good while nothing is known: nobody is frightened in advance', () => {
    expect(verdictOf(nothingFound)).toBe('good');
    expect(findingLines(nothingFound)).toEqual([]);
  });
});

describe('a measured speed', () => {
  it('is that of the second half, for TCP begins slowly', () => {
    const marks = [
      { atMs: 1000, bytes: 14_000 },
      { atMs: 1300, bytes: 42_000 },
      { atMs: 1600, bytes: 100_000 },
      { atMs: 1700, bytes: 150_000 },
      { atMs: 1800, bytes: 200_000 },
    ];
    expect(rateOf(marks)).toBe(4000);
  });

  it('is not known where nothing came, and high where all came at once', () => {
    expect(rateOf([])).toBeNull();
    expect(rateOf([{ atMs: 5, bytes: 0 }])).toBeNull();
    const atOnce = [
      { atMs: 5, bytes: 0 },
      { atMs: 5, bytes: 262_144 },
    ];
    expect(rateOf(atOnce)).toBeGreaterThan(1_000_000);
  });

  it('is bits by milliseconds', () => {
    expect(kbpsOf(125_000, 1000)).toBe(1000);
    expect(kbpsOf(125, -3)).toBe(1000);
  });
});

describe('the servers to try', () => {
  it('are relays by how the browser gets there, with their credentials', () => {
    const login = { username: 'u', credential: 'c' };
    const relays = relaysOf([
      { urls: 'stun:stun.example.org' },
      {
        urls: ['turn:a', 'turn:a?transport=udp', 'turn:a?transport=tcp', 'turns:a:443'],
        ...login,
      },
    ]);
    expect(relays).toEqual({
      udp: [{ urls: ['turn:a', 'turn:a?transport=udp'], ...login }],
      tcp: [{ urls: ['turn:a?transport=tcp', 'turns:a:443'], ...login }],
    });
  });

  it('are the announced address, or where the page came from', () => {
    expect(udpServer({ address: null, port: 5 }, 'meet.example.org').urls).toBe(
      'stun:meet.example.org:5',
    );
    expect(udpServer({ address: '203.0.113.7', port: 5 }, 'x').urls).toBe('stun:203.0.113.7:5');
  });
});

describe('a connection check', () => {
  const info: ConnectionCheckInfo = {
    bytes: 200_000,
    iceServers: [],
    udp: { address: null, port: 5000 },
  };

  /** A browser and a line: each chunk of the download and all of the upload take 100 ms. */
  class Line extends FakePlatform implements CheckPlatform {
    readonly asked: string[] = [];
    info: () => Promise<Response> = () => Promise.resolve(Response.json(info));
    #nowMs = 0;

    now(): number {
      return (this.#nowMs += 100);
    }

    fetch(
      path: string,
      { method, body, signal }: { method: string; body?: Uint8Array; signal: AbortSignal },
    ): Promise<Response> {
      if (signal.aborted) return Promise.reject(new DOMException('aborted', 'AbortError'));
      this.asked.push(`${method} ${path.replace('/api/v1/connection-check', '')}`);
      if (path.endsWith('/upload')) return Promise.resolve(Response.json({ bytes: body?.length }));
      if (!path.endsWith('/download')) return this.info();
      let chunks = 10;
      const stream = new ReadableStream({
        pull(controller) {
          if (chunks-- > 0) controller.enqueue(new Uint8Array(20_000));
          else controller.close();
        },
      });
      return Promise.resolve(new Response(stream));
    }
  }

  const begin = (line: Line, host = 'meet.example.org') => {
    const controller = new AbortController();
    const told: Findings[] = [];
    const done = checkConnection(
      line,
      { signallingUrl: 'wss://meet.example.org/ws', host },
      controller.signal,
      (findings) => told.push(findings),
    );
    return { controller, told, done, last: () => told.at(-1) };
  };
  const candidate = (peer: FakePeer, type: string): void => {
    const text = `candidate:1 1 udp 1 192.0.2.1 9 typ ${type} raddr 0.0.0.0 rport 0`;
    peer.fire('icecandidate', { candidate: { toJSON: () => ({ candidate: text }) } });
  };

  it('tries signalling and UDP, then measures down and up', async () => {
    const line = new Line();
    const { done, last } = begin(line);
    await settle();
    expect(line.peer.iceServers).toEqual([{ urls: 'stun:meet.example.org:5000' }]);
    candidate(line.peer, 'host');
    candidate(line.peer, 'srflx');
    expect(line.peer.closed).toBe(true);
    expect(line.asked).toEqual(['GET ']);
    line.socket.open();
    expect(line.socket.closed).toBe(true);
    expect(line.socket.sent).toEqual([]);
    await done;
    expect(line.asked).toEqual(['GET ', 'GET /download', 'POST /upload']);
    // 20 kB in 100 ms; 100 kB in 1 ms, for the fake clock gives the round trip the same 100 ms.
    expect(last()).toEqual({
      ...all,
      roundTripMs: 100,
      downKbps: 1600,
      upKbps: 800_000,
    });
    expect(line.timers).toBe(0);
  });

  it('knows that UDP is blocked when gathering ends without an answer, or takes too long', async () => {
    const line = new Line();
    const ended = begin(line);
    await settle();
    line.peer.fire('icecandidate', { candidate: null });
    await settle();
    expect(ended.last()?.udp).toBe(false);
    const late = begin(line);
    await settle();
    await line.pass(4000);
    expect(late.last()?.udp).toBe(false);
    expect(line.peers.every(({ closed }) => closed)).toBe(true);
    ended.controller.abort();
    late.controller.abort();
    await Promise.all([ended.done, late.done]);
  });

  it('says nothing of UDP on the server’s own machine, which browsers do not ask', async () => {
    const line = new Line();
    const { done, controller, last } = begin(line, 'localhost');
    await settle();
    expect(line.peers).toEqual([]);
    expect(last()?.udp).toBeNull();
    controller.abort();
    await done;
  });

  it('tells relays by UDP from relays by TCP', async () => {
    const line = new Line();
    const turn = { username: 'u', credential: 'c' };
    line.info = () =>
      Promise.resolve(
        Response.json({
          bytes: 0,
          udp: null,
          iceServers: [{ urls: ['turn:t?transport=udp', 'turn:t?transport=tcp'], ...turn }],
        }),
      );
    const { done, last } = begin(line);
    await settle();
    const [byUdp, byTcp] = line.peers;
    byUdp!.fire('icecandidate', { candidate: null });
    candidate(byTcp!, 'relay');
    line.socket.open();
    await done;
    expect(last()).toMatchObject({ relay: 'tcp', udp: null });
    expect(line.asked).toEqual(['GET ']);
  });

  it('knows a server that cannot be reached, and one that only refuses to be asked', async () => {
    const line = new Line();
    line.info = () => Promise.reject(new TypeError('Failed to fetch'));
    const gone = begin(line);
    await gone.done;
    expect(verdictOf(gone.last()!)).toBe('unreachable');
    expect(line.sockets).toHaveLength(0);
    line.info = () => Promise.resolve(new Response('{}', { status: 429 }));
    const busy = begin(line);
    await settle();
    line.socket.drop();
    await busy.done;
    expect(verdictOf(busy.last()!)).toBe('no-signalling');
  });

  it('says nothing more, and leaves nothing behind, once it is ended', async () => {
    const line = new Line();
    const { controller, told, done } = begin(line);
    await settle();
    const before = told.length;
    controller.abort();
    await done;
    expect(told).toHaveLength(before);
    expect(line.peers.every(({ closed }) => closed)).toBe(true);
    // Browsers call it an error when a socket is closed before it is open.
    expect(line.socket.closed).toBe(false);
    line.socket.open();
    expect(line.socket.closed).toBe(true);
    expect(line.timers).toBe(0);
    expect(line.asked).toEqual(['GET ']);
  });
});
