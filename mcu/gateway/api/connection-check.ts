import { randomBytes } from 'node:crypto';
import { type Request, type RequestHandler, Router } from 'express';
import type { Settings } from '../../config/settings.ts';
import type { ConnectionCheckInfo } from '../../protocol/connection-check.ts';
import { OnegridError } from '../../protocol/errors.ts';
import { AddressLimit } from '../address-limit.ts';
import { addressOf, type Trust } from '../client-address.ts';
import { iceServersFor } from '../ice-servers.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { UdpProbe } from '../udp-probe.ts';
import type { Access } from './access.ts';

/** How long the names and passwords of a check are good, in seconds. */
const credentialSeconds = 120;

/** Requests of one address, and of all together: so many a second, so many at once. A check takes three. */
const perAddress = { perSecond: 2, burst: 30 };
const ofAll = { perSecond: 30, burst: 150 };

/** What the routes need of the server. */
export interface ConnectionCheckContext {
  readonly settings: Settings;
  readonly trust: Trust;
  readonly udpProbe: Promise<UdpProbe | null>;
}

/**
 * `/connection-check…`: for whoever may join. Where that takes a token, who has none is told of no server that asks for a password;
 * the rest tells nothing and is held back.
 */
export function connectionCheckRoutes(
  { settings, trust, udpProbe }: ConnectionCheckContext,
  access: Pick<Access, 'mayJoinSomewhere'>,
): Router {
  const { checkBytes } = settings;
  const noise = randomBytes(checkBytes);
  const router = Router();
  router.use('/connection-check', holdBack(trust));
  router.get('/connection-check', async (request, response) => {
    const port = (await udpProbe)?.port;
    const mayJoin = await access.mayJoinSomewhere(request);
    const info: ConnectionCheckInfo = {
      bytes: checkBytes,
      iceServers: iceServersFor(
        { ...settings, turnTtlSeconds: credentialSeconds },
        `check-${randomBytes(4).toString('hex')}`,
        Date.now(),
      ).filter(({ credential }) => mayJoin || credential === undefined),
      udp: port === undefined ? null : { address: settings.announcedIp ?? null, port },
    };
    response.json(info);
  });
  if (checkBytes === 0) return router;
  router.get('/connection-check/download', (_request, response) => {
    response.type('application/octet-stream').end(noise);
  });
  router.post('/connection-check/upload', async (request, response) => {
    response.json({ bytes: await readAway(request, Math.ceil(checkBytes / 2)) });
  });
  return router;
}

/** @throws OnegridError `too-fast` for who asks too often, and for all when all do */
function holdBack(trust: Trust): RequestHandler {
  const addresses = new AddressLimit(perAddress.perSecond, perAddress.burst);
  const all = new TokenBucket(ofAll.perSecond, ofAll.burst, performance.now());
  return (request, _response, next) => {
    const now = performance.now();
    if (addresses.take(addressOf(request, trust), now) && all.take(now)) next();
    else throw new OnegridError('too-fast', 'These are too many connection checks; wait a moment.');
  };
}

/**
 * Reads a body and keeps nothing of it.
 * @returns its bytes
 * @throws OnegridError `too-large`; `bad-request` where the client leaves, or sends what is no body, before its end
 */
async function readAway(request: Request, mostBytes: number): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) break;
    }
  } catch {
    throw new OnegridError('bad-request', 'This request ended before its body did.');
  }
  if (bytes > mostBytes) {
    throw new OnegridError('too-large', `A check sends at most ${String(mostBytes)} bytes.`);
  }
  return bytes;
}
