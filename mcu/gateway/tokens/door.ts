import type { Role } from '../../protocol/common.ts';
import { OnegridError } from '../../protocol/errors.ts';
import { type Grant, isFor, type RoomTokens } from './room-token.ts';

/** What somebody who joins may be. */
export interface Pass {
  readonly role: Role | 'anybody';
  /** The name that they have; null: the one they gave. */
  readonly name: string | null;
  /** Lets nobody in any more, but who was let in before may come back by a resume token: an invitation is for joining. */
  readonly isExpired: boolean;
}

/** Who comes where rooms ask for no tokens. */
export const anybody: Pass = { role: 'anybody', name: null, isExpired: false };

/** What is wrong with an invitation that was good once. */
export const expired = (): OnegridError =>
  new OnegridError('unauthorized', 'This invitation has expired.');

/**
 * What a `join` may be.
 * @param tokens - undefined: rooms ask for none
 * @throws OnegridError `unauthorized` where a token is missing or not valid, `forbidden` where it is for another room
 */
export async function passFor(
  tokens: RoomTokens | undefined,
  { room, token }: { readonly room: string; readonly token?: string | undefined },
): Promise<Pass> {
  if (tokens === undefined) return anybody;
  if (token === undefined) throw new OnegridError('unauthorized', 'This needs an invitation.');
  const grant: Grant = await tokens.read(token);
  if (!isFor(grant, room)) {
    throw new OnegridError('forbidden', 'This invitation is for another room.');
  }
  const { role, name, isExpired } = grant;
  return { role, name, isExpired };
}
