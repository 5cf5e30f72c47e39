import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import type { RoomLoad } from '../protocol/ipc.ts';
import type { ClosedReason, ServerMessage } from '../protocol/server.ts';
import type { Death } from './death.ts';
import type { OutputServices } from './room-outputs.ts';
import type { RoomProcess } from './room-process.ts';
import type { Purpose } from './spare-processes.ts';

/** A participant's connection, as a room sees it. */
export interface Connection {
  /** Short, for logs: what one connection's complaints are followed by, through all processes. */
  readonly id: string;
  /** Whether it comes from an address that the internet does not reach: such peers may have candidates of that kind. */
  readonly isPrivate: boolean;
  /** Sends a message to the participant. */
  send(message: ServerMessage): void;
  /** Tells the participant why their stay is over and ends the connection. */
  close(reason: ClosedReason): void;
}

/** The server is about to stop. */
export type ClosingMessage = Extract<ServerMessage, { type: 'closing' }>;

/** What a room needs from around it. */
export interface RoomContext {
  readonly settings: Settings;
  readonly log: Logger;
  readonly outputs: OutputServices;
  /** @throws OnegridError `overloaded` where there are no ports for one more participant, or the server stops */
  checkPorts(): void;
  /** What newcomers are told where the server is about to stop; null where it is not. */
  closing(): ClosingMessage | null;
  /** A process for this room's media: the spare one, mostly. */
  takeProcess(purpose: Purpose): RoomProcess;
  /** A snapshot of the room process's metrics, and how much it has to do. */
  metrics(process: RoomProcess, snapshot: readonly unknown[], load: RoomLoad | undefined): void;
  /** A participant's media was answered by an error. */
  refused(code: ErrorCode): void;
  /** A room process is gone; `death`: what of, null where it was to end. */
  processEnded(process: RoomProcess, death: Death | null): void;
  /** Room processes died one after the other: the room is about to be closed. */
  gaveUp(): void;
  /** The last participant has left, or the room was closed: forget it. */
  closed(): void;
}
