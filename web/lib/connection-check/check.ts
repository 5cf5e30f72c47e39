import type { ConnectionCheckInfo } from '../../../mcu/protocol/connection-check.ts';
import type { Platform } from '../client/platform.ts';
import { type Findings, nothingFound } from './findings.ts';
import { kbpsOf, type Mark, rateOf } from './speed.ts';
import { answers, relaysOf, udpServer } from './ways.ts';

/** What a check takes from the browser. */
export interface CheckPlatform extends Pick<Platform, 'createPeer' | 'createSocket' | 'after'> {
  fetch(
    path: string,
    request: { method: string; body?: Uint8Array<ArrayBuffer>; signal: AbortSignal },
  ): Promise<Pick<Response, 'ok' | 'json' | 'body'>>;
  /** Monotonic milliseconds. */
  now(): number;
}

/** Where the server is. */
export interface CheckTarget {
  /** Of the signalling WebSocket. */
  readonly signallingUrl: string;
  /** The page's host name, without a port. */
  readonly host: string;
}

const path = '/api/v1/connection-check';
/** Speed is measured so long each way, milliseconds: what has come by then is enough. */
const measureMs = 3000;
/** Who has not answered after so long is not reached, milliseconds. */
const reachMs = 8000;

/**
 * Tries the way to the server as a call would use it: signalling, UDP, relays, and speed both ways. Never throws.
 * @param signal - ends it; nothing is told after that
 * @param tell - called with each new finding
 */
export async function checkConnection(
  platform: CheckPlatform,
  target: CheckTarget,
  signal: AbortSignal,
  tell: (findings: Findings) => void,
): Promise<void> {
  let findings = nothingFound;
  const found = (more: Partial<Findings>): void => {
    if (signal.aborted) return;
    findings = { ...findings, ...more };
    tell(findings);
  };
  const info = await readInfo(platform, signal);
  if (info === null) {
    found({ server: false });
    return;
  }
  found({ server: true });
  const ways = Promise.all([
    opens(platform, target.signallingUrl, signal).then((signalling) => {
      found({ signalling });
    }),
    findUdp(platform, info, target.host, signal).then((udp) => {
      found({ udp });
    }),
    findRelay(platform, info, signal).then((relay) => {
      found({ relay });
    }),
  ]);
  // The other way round their packets would wait behind the load.
  await ways;
  if (info.bytes === 0 || signal.aborted) return;
  const down = await measureDown(platform, signal);
  found(down);
  if (signal.aborted) return;
  found({ upKbps: await measureUp(platform, info.bytes, down.roundTripMs ?? 0, signal) });
}

/** What the server says of checks; null where it does not answer. */
async function readInfo(
  platform: CheckPlatform,
  signal: AbortSignal,
): Promise<ConnectionCheckInfo | null> {
  try {
    const limited = within(platform, reachMs, signal);
    const answer = await platform.fetch(path, { method: 'GET', signal: limited.signal });
    const info: unknown = answer.ok ? await answer.json() : {};
    limited.end();
    // One that refuses, or knows nothing of checks, is there all the same.
    return isInfo(info) ? info : { bytes: 0, iceServers: [], udp: null };
  } catch {
    return null;
  }
}

function isInfo(value: unknown): value is ConnectionCheckInfo {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    typeof value.bytes === 'number' &&
    'iceServers' in value &&
    Array.isArray(value.iceServers) &&
    'udp' in value
  );
}

function opens(platform: CheckPlatform, url: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = platform.createSocket(url);
    const end = (open: boolean): void => {
      cancel();
      resolve(open);
    };
    const cancel = platform.after(reachMs, () => {
      end(false);
    });
    signal.addEventListener('abort', () => {
      end(false);
    });
    // Not closed before it is open, even where nobody wants to know any more: browsers call that an error.
    socket.addEventListener('open', () => {
      socket.close();
      end(true);
    });
    socket.addEventListener('close', () => {
      end(false);
    });
  });
}

async function findUdp(
  platform: CheckPlatform,
  { udp }: ConnectionCheckInfo,
  host: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (udp === null) return null;
  // Browsers do not ask a server on their own machine.
  if (udp.address === null && /^(localhost|127\..*|\[::1\])$/.test(host)) return null;
  return await answers(platform, [udpServer(udp, host)], 'srflx', signal);
}

async function findRelay(
  platform: CheckPlatform,
  { iceServers }: ConnectionCheckInfo,
  signal: AbortSignal,
): Promise<Findings['relay']> {
  const relays = relaysOf(iceServers);
  if (relays.udp.length + relays.tcp.length === 0) return null;
  const [byUdp, byTcp] = await Promise.all(
    [relays.udp, relays.tcp].map((servers) =>
      servers.length === 0 ? false : answers(platform, servers, 'relay', signal),
    ),
  );
  if (byUdp === true) return 'udp';
  return byTcp === true ? 'tcp' : 'none';
}

async function measureDown(
  platform: CheckPlatform,
  signal: AbortSignal,
): Promise<Pick<Findings, 'roundTripMs' | 'downKbps'>> {
  const limited = within(platform, measureMs, signal);
  const marks: Mark[] = [];
  let roundTripMs: number | null = null;
  try {
    const began = platform.now();
    const answer = await platform.fetch(`${path}/download`, {
      method: 'GET',
      signal: limited.signal,
    });
    if (!answer.ok || answer.body === null) return { roundTripMs, downKbps: null };
    const headersMs = platform.now();
    roundTripMs = Math.round(headersMs - began);
    marks.push({ atMs: headersMs, bytes: 0 });
    const reader = answer.body.getReader();
    let bytes = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      marks.push({ atMs: platform.now(), bytes });
    }
  } catch {
    // What has come until then tells enough.
  } finally {
    limited.end();
  }
  return { roundTripMs, downKbps: rateOf(marks) };
}

async function measureUp(
  platform: CheckPlatform,
  allBytes: number,
  roundTripMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  const body = new Uint8Array(Math.ceil(allBytes / 2));
  // Noise, so that nothing on the way makes it smaller; a page may have so much at once (Web Crypto, section 10.1.1).
  for (let from = 0; from < body.length; from += 65_536) {
    crypto.getRandomValues(body.subarray(from, from + 65_536));
  }
  const limited = within(platform, measureMs, signal);
  const began = platform.now();
  try {
    const { ok } = await platform.fetch(`${path}/upload`, {
      method: 'POST',
      body,
      signal: limited.signal,
    });
    if (!ok) return null;
    // The answer takes its way, too.
    return kbpsOf(body.length, platform.now() - began - roundTripMs);
  } catch {
    // It is no more than this; a connection that broke says nothing.
    return limited.ranOut() ? kbpsOf(body.length, measureMs) : null;
  } finally {
    limited.end();
  }
}

/** A signal that ends with another one, or after a while. */
function within(
  platform: Pick<Platform, 'after'>,
  ms: number,
  signal: AbortSignal,
): { readonly signal: AbortSignal; ranOut(): boolean; end(): void } {
  const controller = new AbortController();
  let late = false;
  const abort = (): void => {
    controller.abort();
  };
  const cancel = platform.after(ms, () => {
    late = true;
    abort();
  });
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    ranOut: () => late,
    end() {
      cancel();
      signal.removeEventListener('abort', abort);
    },
  };
}
