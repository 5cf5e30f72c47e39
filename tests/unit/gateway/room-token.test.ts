import { describe, expect, it } from 'vitest';
import { passFor } from '../../../mcu/gateway/tokens/door.ts';
import { isFor, makeRoomToken, RoomTokens } from '../../../mcu/gateway/tokens/room-token.ts';
import { badTokens, inAnHour, tokenOf, tokenSecret } from '../../harness/tokens.ts';

const tokens = new RoomTokens(tokenSecret);

describe('a room token', () => {
  it('says the room, the role, the name and until when', async () => {
    const token = tokenOf({ room: 'Kitchen', role: 'host', name: ' Ana ', exp: inAnHour() });
    expect(await tokens.read(token)).toEqual({
      room: 'kitchen',
      role: 'host',
      name: 'Ana',
      expiresMs: inAnHour() * 1000,
      isExpired: false,
    });
    expect(await tokens.read(tokenOf({ room: '*', role: 'viewer' }))).toMatchObject({
      room: '*',
      name: null,
    });
  });

  it('that this server makes, it reads', async () => {
    const claims = { room: 'kitchen', role: 'guest', name: 'Bo', ttlSeconds: 60 } as const;
    const token = await makeRoomToken(tokenSecret, claims, Date.now());
    expect(await tokens.read(token)).toMatchObject({ room: 'kitchen', role: 'guest', name: 'Bo' });
  });

  it.each(badTokens('kitchen').filter(([what]) => what !== 'expired'))(
    'is refused: %s',
    async (_what, token) => {
      await expect(tokens.read(token)).rejects.toMatchObject({ code: 'unauthorized' });
    },
  );

  it('is good for a few seconds longer than it says, for clocks differ', async () => {
    const ago = (seconds: number): string =>
      tokenOf({ room: 'a', role: 'host', exp: inAnHour() - 3600 - seconds });
    expect((await tokens.read(ago(2))).isExpired).toBe(false);
    expect((await tokens.read(ago(10))).isExpired).toBe(true);
  });
});

describe('a pass', () => {
  it('needs no token where rooms ask for none, and a good one where they do', async () => {
    expect(await passFor(undefined, { room: 'a' })).toMatchObject({ role: 'anybody' });
    await expect(passFor(tokens, { room: 'a' })).rejects.toMatchObject({ code: 'unauthorized' });
    const token = tokenOf({ room: 'a', role: 'viewer' });
    expect(await passFor(tokens, { room: 'A', token })).toMatchObject({ role: 'viewer' });
    await expect(passFor(tokens, { room: 'b', token })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('is for one room, in any spelling, or for all', () => {
    expect(isFor({ room: 'a' }, 'A')).toBe(true);
    expect(isFor({ room: 'a' }, 'ab')).toBe(false);
    expect(isFor({ room: '*' }, 'ab')).toBe(true);
  });
});
