import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RoomTokens } from '../../mcu/gateway/tokens/room-token.ts';
import { tokenSecret } from '../harness/tokens.ts';

const launcher = fileURLToPath(new URL('../../bin/onegrid.mjs', import.meta.url));

/** Runs `onegrid token`. */
const run = (
  args: readonly string[],
  environment: Record<string, string> = { ONEGRID_TOKEN_SECRET: tokenSecret },
): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [launcher, 'token', ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });

it('onegrid token prints a token that the server takes, or a link with it', async () => {
  const [token, link] = await Promise.all([
    run(['--room', 'Kitchen', '--role', 'host', '--name', 'Ana', '--ttl', '60']),
    run(['--room', 'Kitchen', '--url', 'https://meet.example.org/']),
  ]);
  const tokens = new RoomTokens(tokenSecret);
  expect(token).toMatchObject({ code: 0, err: '' });
  const grant = await tokens.read(token.out.trim());
  expect(grant).toMatchObject({ room: 'kitchen', role: 'host', name: 'Ana', isExpired: false });
  expect(Math.abs(grant.expiresMs - Date.now() - 60_000)).toBeLessThan(30_000);
  const [address, given] = link.out.trim().split('#token=');
  expect(address).toBe('https://meet.example.org/r/Kitchen');
  expect(await tokens.read(given!)).toMatchObject({ role: 'guest', name: null });
});

it('onegrid token says in a sentence what is wrong', async () => {
  const [without, short, room, role] = await Promise.all([
    run(['--room', 'kitchen'], {}),
    run(['--room', 'kitchen'], { ONEGRID_TOKEN_SECRET: 'short' }),
    run(['--room', 'a b']),
    run(['--room', 'kitchen', '--role', 'owner']),
  ]);
  expect(without).toMatchObject({ code: 1, out: '' });
  expect(without.err).toContain('ONEGRID_TOKEN_SECRET is not set');
  expect(short).toMatchObject({ code: 1, out: '' });
  expect(short.err).toContain('ONEGRID_TOKEN_SECRET must have at least 32 bytes');
  expect(room).toMatchObject({ code: 2, out: '' });
  expect(role).toMatchObject({ code: 2, out: '' });
});
