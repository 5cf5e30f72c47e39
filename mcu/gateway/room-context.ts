import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import type { ClosedReason, ServerMessage } from '../protocol/server.ts';
import type { OutputServices } from './room-outputs.ts';
import type { RoomProcess } from './room-process.ts';

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

/** What a room needs from around it. */
export interface RoomContext {
  readonly settings: Settings;
  readonly log: Logger;
  readonly outputs: OutputServices;
  /** @throws OnegridError `overloaded` where there are no ports for one more participant, or the server stops */
  checkPorts(): void;
  /** A process for this room's media: the spare one, mostly. */
  takeProcess(): RoomProcess;
  /** A snapshot of the room process's metrics. */
  metrics(process: RoomProcess, snapshot: readonly unknown[]): void;
  /** A room process is gone; `died`: by itself. */
  processEnded(process: RoomProcess, died: boolean): void;
  /** The last participant has left, or the room was closed: forget it. */
  closed(): void;
}
