import type { Participant } from '../../../mcu/protocol/common.ts';
import type { ErrorCode } from '../../../mcu/protocol/errors.ts';
import type { ClosedReason } from '../../../mcu/protocol/server.ts';
import type { RoomView } from './room-view.ts';

/** Why a stay in a room ended. */
export type SessionEnd =
  | { readonly kind: 'closed'; readonly reason: ClosedReason }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  | { readonly kind: 'unreachable' };

/** Where a participant stands. Only who is in a room has a view of it. */
export type SessionState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'joining' }
  | { readonly phase: 'live'; readonly view: RoomView }
  | { readonly phase: 'reconnecting'; readonly view: RoomView }
  | { readonly phase: 'closed'; readonly end: SessionEnd };

/** What is wanted: a room to be in, under a name. */
export interface JoinRequest {
  readonly room: string;
  readonly name: string;
  /** A room token, where the server asks for one. */
  readonly token?: string;
}

/** What a session reports. */
export interface SessionEvents {
  state: [state: SessionState];
  /** Somebody else came or went. */
  presence: [event: 'joined' | 'left', participant: Participant];
  reaction: [participantId: string, emoji: string];
  /** Somebody has muted this participant's microphone, which is off by now. Null: who is not here any more. */
  muted: [by: Participant | null];
  /** The server stops, at the latest in so many milliseconds; the call goes on until then. */
  closing: [inMs: number];
  /** The server did not do what was asked; the call goes on. */
  problem: [code: ErrorCode];
}
