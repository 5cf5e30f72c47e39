import type { LoadEngine } from './engine.ts';
import type { ParticipantHooks, ParticipantOptions } from './participant-options.ts';
import type { LoadError } from './signalling.ts';

/** What either direction of a participant needs of them. */
export interface DirectionContext {
  readonly options: ParticipantOptions;
  readonly engine: LoadEngine;
  readonly hooks: ParticipantHooks;
  /** Names the connection: the id in the room, if there is one yet. */
  readonly cname: () => string;
  /** Sends a signalling message. */
  readonly signal: (message: object) => void;
  /** Notes what went wrong. */
  readonly refuse: (error: LoadError) => void;
  /** A connection has failed for good: whether another may be built. */
  readonly mayReconnect: () => boolean;
}

/** What was counted on connections that are over and on this one. */
export function sumOf<Counters extends Readonly<Record<keyof Counters, number>>>(
  past: Counters,
  now: Counters,
): Counters {
  const sum = { ...past };
  for (const key of Object.keys(past) as (keyof Counters)[]) {
    sum[key] = (past[key] + now[key]) as Counters[typeof key];
  }
  return sum;
}
