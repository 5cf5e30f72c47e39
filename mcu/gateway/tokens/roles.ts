import type { RoomMessage } from '../../protocol/client.ts';
import { type Role, type RoomRight, roomRights } from '../../protocol/common.ts';

/** Everything that a role allows or forbids: in a room, and over HTTP (`watch`: see its picture; `api`: the rest). */
export type Right = RoomRight | 'receive' | 'watch' | 'api';

/**
 * Who may do what; this is the one place that says it. `anybody` is who comes where rooms ask for no tokens (there the API is
 * not looked at here, but closed by its key, or open).
 */
const table: Readonly<Record<Role | 'anybody', Readonly<Record<Right, boolean>>>> = {
  host: {
    receive: true,
    send: true,
    chat: true,
    hand: true,
    react: true,
    layout: true,
    record: true,
    moderate: true,
    watch: true,
    api: true,
  },
  guest: {
    receive: true,
    send: true,
    chat: true,
    hand: true,
    react: true,
    layout: true,
    record: false,
    moderate: false,
    watch: true,
    api: false,
  },
  viewer: {
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
  },
  anybody: {
    receive: true,
    send: true,
    chat: true,
    hand: true,
    react: true,
    layout: true,
    record: true,
    moderate: true,
    watch: true,
    api: false,
  },
};

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
