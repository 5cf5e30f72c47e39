import { createHmac } from 'node:crypto';

/** A secret for room tokens. */
export const tokenSecret = 'a secret of at least thirty-two bytes';

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** What goes into a token, right or wrong. */
export type Claims = Record<string, unknown>;

/** In an hour; seconds of Unix time. */
export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

/** A JWT made by hand, as somebody else's program would: with what claims and header one likes. */
export function tokenOf(
  claims: Claims,
  { secret = tokenSecret, alg = 'HS256', hash = 'sha256', ...header }: Record<string, unknown> = {},
): string {
  const body = `${base64url({ alg, ...header })}.${base64url({ exp: inAnHour(), ...claims })}`;
  if (alg === 'none') return `${body}.`;
  const signature = createHmac(hash as string, secret as string).update(body);
  return `${body}.${signature.digest('base64url')}`;
}

/** Tokens for a room that let nobody in, by what is wrong with them. */
export function badTokens(room: string): [what: string, token: string][] {
  const claims = { room, role: 'host' };
  const good = tokenOf(claims);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const other = base64url({ ...claims, exp: inAnHour() + 1 });
  return [
    ['expired', tokenOf({ ...claims, exp: inAnHour() - 3700 })],
    ['forged: another secret', tokenOf(claims, { secret: 'another secret of thirty-two bytes!' })],
    ['forged: another payload', `${header}.${other}.${signature}`],
    ['forged: another signature', `${header}.${payload}.${'A'.repeat(43)}`],
    ['alg: none', tokenOf(claims, { alg: 'none' })],
    ['alg: none, with a signature', `${base64url({ alg: 'none' })}.${payload}.${signature}`],
    ['alg: HS512', tokenOf(claims, { alg: 'HS512', hash: 'sha512' })],
    ['alg: HS512, signed by HS256', tokenOf(claims, { alg: 'HS512' })],
    ['alg: RS256', tokenOf(claims, { alg: 'RS256' })],
    ['a header that is critical and unknown', tokenOf(claims, { crit: ['x'], x: 1 })],
    ['no exp', tokenOf({ ...claims, exp: undefined })],
    ['an exp that is no number', tokenOf({ ...claims, exp: 'tomorrow' })],
    ['not yet good', tokenOf({ ...claims, nbf: inAnHour() })],
    ['no role', tokenOf({ room })],
    ['an unknown role', tokenOf({ room, role: 'owner' })],
    ['no room', tokenOf({ role: 'host' })],
    ['a room that cannot be', tokenOf({ room: 'a b', role: 'host' })],
    ['a name that cannot be', tokenOf({ ...claims, name: ' ' })],
    ['no JSON', `${header}.${Buffer.from('{').toString('base64url')}.${signature}`],
    ['empty', ''],
    ['nonsense', 'nonsense'],
    ['nonsense with dots', 'a.b.c'],
    ['as long as can be', `${'a'.repeat(4000)}.${'b'.repeat(50)}.${'c'.repeat(43)}`],
  ];
}
