import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../mcu/config/settings.ts';
import { iceServersFor } from '../../../mcu/gateway/ice-servers.ts';

describe('the ICE servers of a participant', () => {
  const stun = { urls: 'stun:stun.example.org' };
  const environment = { ONEGRID_ICE_SERVERS: JSON.stringify([stun]) };

  it('are those of the settings', () => {
    expect(iceServersFor(readSettings(environment), 'alice', 0)).toEqual([stun]);
  });

  it('have the TURN server with credentials of their own, as coturn reckons them', () => {
    const settings = readSettings({
      ...environment,
      ONEGRID_TURN_SECRET: 'north',
      ONEGRID_TURN_URLS: 'turn:t.example.org?transport=udp, turns:t.example.org:443?transport=tcp',
      ONEGRID_TURN_TTL_SECONDS: '600',
    });
    expect(iceServersFor(settings, 'alice', 1_700_000_000_999)).toEqual([
      stun,
      {
        urls: ['turn:t.example.org?transport=udp', 'turns:t.example.org:443?transport=tcp'],
        username: '1700000600:alice',
        // printf 1700000600:alice | openssl dgst -sha1 -hmac north -binary | base64
        credential: 'gthUwOpcRoLI0MMCziCEBOWYnpo=',
      },
    ]);
  });
});
