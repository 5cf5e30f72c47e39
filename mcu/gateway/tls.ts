import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps, type Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { type Settings, SettingsError } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { httpOptions, limitHttp } from './http-limits.ts';

/** How often the files are looked at, milliseconds. Asked, not told: links and mounts of secrets change without an event. */
const lookEveryMs = 5000;

type Files = Pick<Settings, 'tlsCert' | 'tlsKey'>;

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

async function read(name: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SettingsError(`${name} cannot be read: ${file} (${codeOf(cause)}).`, { cause });
  }
}

/** @throws SettingsError one sentence */
async function readPair(certFile: string, keyFile: string): Promise<Pair> {
  const [cert, key] = await Promise.all([
    read('ONEGRID_TLS_CERT', certFile),
    read('ONEGRID_TLS_KEY', keyFile),
  ]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new SettingsError(
      `ONEGRID_TLS_CERT and ONEGRID_TLS_KEY are no certificate (PEM) with its key (${codeOf(cause)}).`,
      { cause },
    );
  }
  return { cert, key };
}

/** A server, and what ends looking after its certificate. */
export interface WebServer {
  readonly server: Server | HttpsServer;
  readonly unwatch: () => void;
}

/**
 * A server that does not listen yet: HTTPS where there is a certificate, which is read again when its files have changed. One that
 * cannot be used is logged, and the one before goes on.
 * @throws SettingsError one sentence
 */
export async function createWebServer(
  { tlsCert, tlsKey }: Files,
  log: Logger,
  everyMs = lookEveryMs,
): Promise<WebServer> {
  if (tlsCert === undefined || tlsKey === undefined) {
    const plain = createHttp(httpOptions);
    limitHttp(plain);
    return { server: plain, unwatch: () => undefined };
  }
  const server = createHttps({ ...httpOptions, ...(await readPair(tlsCert, tlsKey)) });
  limitHttp(server);
  const renew = (): void => {
    readPair(tlsCert, tlsKey).then(
      (pair) => {
        server.setSecureContext(pair);
        log.info('TLS certificate read again');
      },
      (error: unknown) => {
        // Files are replaced one after the other: the second one's change tries again.
        log.error({ err: error }, 'TLS certificate not read again');
      },
    );
  };
  for (const file of [tlsCert, tlsKey]) {
    watchFile(file, { interval: everyMs, persistent: false }, renew);
  }
  return {
    server,
    unwatch() {
      for (const file of [tlsCert, tlsKey]) unwatchFile(file, renew);
    },
  };
}
