import { createHmac } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import type { IceServer } from '../protocol/server.ts';

/**
 * The ICE servers of one participant: those of the settings, and the TURN server with a name and password of their own,
 * good for a while, as coturn knows them by `use-auth-secret`
 * (draft-uberti-behave-turn-rest-00 §2.2: `expiry:name`, and its HMAC-SHA1 under the shared secret).
 * @param settings - the server's
 * @param participantId - the name
 * @param nowMs - milliseconds of Unix time
 */
export function iceServersFor(
  settings: Pick<Settings, 'iceServers' | 'turnSecret' | 'turnUrls' | 'turnTtlSeconds'>,
  participantId: string,
  nowMs: number,
): IceServer[] {
  const { iceServers, turnSecret, turnUrls, turnTtlSeconds } = settings;
  if (turnSecret === undefined || turnUrls === undefined) return iceServers;
  const expiry = Math.floor(nowMs / 1000) + turnTtlSeconds;
  const username = `${String(expiry)}:${participantId}`;
  const credential = createHmac('sha1', turnSecret).update(username).digest('base64');
  return [...iceServers, { urls: turnUrls, username, credential }];
}
