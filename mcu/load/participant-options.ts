import type { PacketKind } from './downlink-connection.ts';
import type { ArrivedFrame } from './frame-assembler.ts';
import type { Pictures } from './pictures.ts';
import type { Sound } from './sound.ts';

/** Told what happens, as it happens; times are milliseconds of the engine's clock. */
export interface ParticipantHooks {
  /** A packet of the downlink has come; it is ours to read during the call. */
  readonly packet?: (kind: PacketKind, packet: Buffer, atMs: number) => void;
  /** A picture of the composite is complete; valid during the call. */
  readonly frame?: (frame: ArrivedFrame) => void;
  /** A picture of the uplink was sent: its number in the clip, when it was due, when its last packet went. */
  readonly sent?: (index: number, dueMs: number, sentMs: number) => void;
  /** A message of the server, as it is. */
  readonly message?: (message: unknown) => void;
}

/** Who a synthetic participant is. */
export interface ParticipantOptions {
  /** As `signallingAddress` gives it. */
  readonly address: string;
  readonly room: string;
  readonly name: string;
  readonly token?: string | undefined;
  /** What is sent; null for a listener, who sends nothing. */
  readonly sends: { readonly pictures: Pictures | null; readonly sound: Sound } | null;
  /** Size of the uplink's pictures: fixed, or what the server asks for. */
  readonly size: { readonly width: number; readonly height: number; readonly fixed: boolean };
  /** Pictures a second at most. */
  readonly fps: number;
  readonly codec: 'h264' | 'vp8';
  /** Asked for after joining. */
  readonly quality?: string | undefined;
  /** Shares of packets that are lost, 0 to 1. */
  readonly loss: { readonly downlink: number; readonly uplink: number };
}
