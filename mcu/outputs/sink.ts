import type { OutputEvent } from '../protocol/outputs.ts';
import type { OutputPacket } from './wire.ts';

/** How an output ends. */
export type OutputEnd = Extract<OutputEvent, { type: 'finished' | 'failed' }>;

/** Makes an output of what a room sends. Times are milliseconds of the machine's clock. */
export interface OutputSink {
  /** When the first picture was; null before. */
  readonly startMs: number | null;
  /** How much there is of it. */
  readonly progress: { readonly bytes: number; readonly durationSeconds: number };
  /** Whether it can go on; if not it is finished. */
  readonly isOver: boolean;
  /** A room process has connected: its first picture is a keyframe, and it numbers the speakers anew. */
  connected(): void;
  /** Takes the next packet. */
  packet(packet: OutputPacket): void;
  /** Called once a second. */
  tick(nowMs: number): Promise<void>;
  /** Ends it properly; called once. */
  finish(): Promise<OutputEnd>;
}
