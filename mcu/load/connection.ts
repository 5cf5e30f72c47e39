import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { Identity } from './identity.ts';
import { usernameFragmentOf } from './sdp.ts';

/** A candidate as it is signalled; null: there are no more. */
export type SignalledCandidate = {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: null;
  readonly usernameFragment: string | null;
} | null;

/** What a connection of either direction needs from its participant. */
export interface ConnectionContext extends Identity {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Share of its packets that are lost, 0 to 1. */
  readonly loss: number;
  readonly candidate: (candidate: SignalledCandidate) => void;
  /** The connection has failed for good. */
  readonly failed: () => void;
}

/** Opens a PeerConnection that negotiates only when told. Media goes by the machine's own addresses. */
export function openConnection(name: string): PeerConnection {
  return new nodeDataChannel.PeerConnection(name, {
    iceServers: [],
    disableAutoNegotiation: true,
  });
}

/** Tells of local candidates, after the description they belong to. */
export function tellCandidates(
  connection: PeerConnection,
  tell: (candidate: SignalledCandidate) => void,
): void {
  connection.onLocalCandidate((candidate, mid) => {
    const local = connection.localDescription()?.sdp;
    tell({
      candidate: candidate.replace(/^a=/, ''),
      sdpMid: mid,
      sdpMLineIndex: null,
      usernameFragment: local === undefined ? null : usernameFragmentOf(local),
    });
  });
  connection.onGatheringStateChange((state) => {
    if (state === 'complete') tell(null);
  });
}

/** Gives a remote candidate to a connection; one that it refuses costs one path. */
export function addCandidate(
  connection: PeerConnection,
  candidate: { readonly candidate: string; readonly sdpMid?: string | null | undefined },
): void {
  if (candidate.candidate === '') return;
  try {
    connection.addRemoteCandidate(candidate.candidate, candidate.sdpMid ?? 'video');
  } catch {
    // TCP candidates and names, for instance.
  }
}

/** Sends a packet on a track that may close at any moment, on another thread. */
export function sendOn(track: Track, packet: Buffer): void {
  try {
    if (track.isOpen()) track.sendMessageBinary(packet);
  } catch {
    // It has closed in between.
  }
}
