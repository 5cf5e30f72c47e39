import type { AccessInfo } from '../../mcu/protocol/access.ts';
import type { Invitation } from './client/index.ts';

/** Why there is no way in by this link. */
export type EntranceProblem = 'missing' | 'expired' | 'invalid' | 'other-room';

/** Whether one may come in. */
export type EntranceState =
  /** The server has not said yet what the invitation is worth. */
  | { readonly phase: 'asking' }
  /** `invitation`: what it says; null where none is needed, or nobody knows yet. */
  | { readonly phase: 'open'; readonly invitation: Invitation | null }
  | {
      readonly phase: 'shut';
      readonly problem: EntranceProblem;
      readonly invitation: Invitation | null;
    };

/**
 * What the server's answer means for a room.
 * @param access - null: there was none; whoever tries to join is told more
 */
export function entranceOf(access: AccessInfo | null, room: string | null): EntranceState {
  if (access?.tokens !== true) return { phase: 'open', invitation: null };
  const { invitation, problem } = access;
  if (invitation === null) return { phase: 'shut', problem: problem ?? 'invalid', invitation };
  const isElsewhere =
    room !== null && invitation.room !== '*' && invitation.room !== room.toLowerCase();
  return isElsewhere
    ? { phase: 'shut', problem: 'other-room', invitation }
    : { phase: 'open', invitation };
}
