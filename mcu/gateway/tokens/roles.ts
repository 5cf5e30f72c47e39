import type { RoomMessage } from '../../protocol/client.ts';
import { type Role, type RoomRight, roomRights } from '../../protocol/common.ts';

/** Everything that a role allows or forbids: in a room, and over HTTP (`watch`: see its picture; `api`: the rest). */
export type Right = RoomRight | 'receive' | 'watch' | 'api';

type Rights = Readonly<Record<Right, boolean>>;

/**
 * Who may do what; this is the one place that says it. `anybody` is who comes where rooms ask for no tokens (there the API is
 * not looked at here, but closed by its key, or open).
 */
const viewer: Rights = {
  receive: true,
  send: false,
  chat: false,
  hand: false,
  react: false,
  layout: false,
  record: false,
  moderate: false,
  watch: true,
  api: false,
};
const guest: Rights = { ...viewer, send: true, chat: true, hand: true, react: true, layout: true };
const anybody: Rights = { ...guest, record: true, moderate: true };
const table = { viewer, guest, anybody, host: { ...anybody, api: true } } satisfies Readonly<
  Record<Role | 'anybody', Rights>
>;

/**
 * Whether somebody may do something.
 * @param role - of their token, or `anybody`
 */
export const may = (role: Role | 'anybody', right: Right): boolean => table[role][right];

/** What somebody may do in a room, as they are told. */
export const rightsOf = (role: Role | 'anybody'): RoomRight[] =>
  roomRights.filter((right) => may(role, right));

/** What a message needs. */
export function rightFor(message: RoomMessage): Right {
  switch (message.type) {
    case 'offer':
    case 'media':
      return 'send';
    case 'candidate':
    case 'reconnect':
      return message.pc === 'uplink' ? 'send' : 'receive';
    case 'answer':
    case 'quality':
    case 'network':
      return 'receive';
    case 'chat':
    case 'hand':
    case 'react':
    case 'layout':
    case 'record':
    case 'moderate':
      return message.type;
    default:
      return message satisfies never;
  }
}
