import type { Role } from './common.ts';

/** `GET /api/v1/access`: what this server asks for, and what it makes of the token that came along. */
export interface AccessInfo {
  /** Whether who joins needs a room token. */
  readonly tokens: boolean;
  /** Whether there is a key to the API. */
  readonly key: boolean;
  /** What the token is good for; null where none came, or none that is. */
  readonly invitation: Invitation | null;
  /** Why there is no invitation where one is needed. */
  readonly problem: 'missing' | 'expired' | 'invalid' | null;
}

/** What a room token says. */
export interface Invitation {
  /** In lower case; `*` for any. */
  readonly room: string;
  readonly role: Role;
  /** The name its owner has in the room; null: any they like. */
  readonly name: string | null;
  /** Until when one may join by it; ISO 8601 UTC. */
  readonly expiresAt: string;
}
