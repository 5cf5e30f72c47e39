import { OnegridError } from '../../protocol/errors.ts';
import { may, type Right } from '../tokens/roles.ts';
import { type Grant, isFor } from '../tokens/room-token.ts';

/** Who asks over HTTP: somebody with the API key, or anybody where it is open; or somebody with a room token. */
export type Visitor =
  | { readonly kind: 'everything' }
  | { readonly kind: 'grant'; readonly grant: Pick<Grant, 'room' | 'role'> };

/** What is asked for over HTTP. */
export type HttpRight = Extract<Right, 'watch' | 'api'>;

/** Whether somebody may do that with a room; null: with any. */
export function mayAsk(visitor: Visitor, right: HttpRight, room: string | null): boolean {
  if (visitor.kind === 'everything') return true;
  const { grant } = visitor;
  return may(grant.role, right) && (room === null || isFor(grant, room));
}

/** The one room whose things somebody is told of; null: those of all. */
export const onlyRoomOf = (visitor: Visitor): string | null =>
  visitor.kind === 'everything' || visitor.grant.room === '*' ? null : visitor.grant.room;

/** Somebody asks for what their token does not allow. */
export const notAllowed = (): OnegridError =>
  new OnegridError('forbidden', 'Your invitation does not allow that.');
