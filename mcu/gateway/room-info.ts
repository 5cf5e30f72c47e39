import type { LayoutMode, Participant } from '../protocol/common.ts';
import type { RungState } from '../protocol/ipc.ts';
import type { RunningRecording } from '../protocol/server.ts';
import type { StreamInfo } from './live/stream.ts';

/** A room as told over HTTP. */
export interface RoomInfo {
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly participants: readonly Participant[];
  readonly layout: LayoutMode;
  readonly pinned: string | null;
  /** The encoders that are running. */
  readonly rungs: readonly RungState[];
  /** The one that is running. */
  readonly recording: RunningRecording | null;
  readonly streams: readonly StreamInfo[];
  /** Whether it is switched on. */
  readonly hls: boolean;
}
