import type { PeerLike, Platform } from './platform.ts';

/** How a direction of media is doing, in the words the page needs. */
export type LinkState = 'none' | 'connecting' | 'connected' | 'interrupted';

/** How long `disconnected` may last before the PeerConnection is given up, in milliseconds. */
const patienceMs = 1000;
/**
 * How long nothing may come after a change of the network, in milliseconds. Sound comes every 60, feedback on what is sent
 * four times a second.
 */
const silenceMs = 700;
/** How long after the change that begins, in milliseconds: what came before it is still being read and counted. */
const settleMs = 150;

/** A watch over one PeerConnection. */
export interface ConnectionWatch {
  /** The network may be another one now: gives the PeerConnection up unless something still comes. */
  networkChanged(): void;
  /** Ends the watch. */
  end(): void;
}

/**
 * Reports the state of `peer` whenever it changes, and calls `onBroken` when it failed, stayed disconnected for 1 s
 * (Chromium alone would take 15 s or more to call that failed) or receives nothing after a change of the network.
 */
export function watchConnection(
  peer: PeerLike,
  platform: Pick<Platform, 'after'>,
  onState: (state: LinkState) => void,
  onBroken: () => void,
): ConnectionWatch {
  let watching = true;
  /** Which look is the one that counts: a change during one begins another. */
  let looks = 0;
  let cancelTimer = (): void => undefined;
  let cancelLook = (): void => undefined;

  const end = (): void => {
    watching = false;
    cancelTimer();
    cancelLook();
  };
  const broken = (): void => {
    if (!watching) return;
    end();
    onBroken();
  };
  peer.addEventListener('connectionstatechange', () => {
    if (!watching) return;
    cancelTimer();
    switch (peer.connectionState) {
      case 'new':
      case 'connecting':
        onState('connecting');
        return;
      case 'connected':
        onState('connected');
        return;
      case 'disconnected':
        onState('interrupted');
        cancelTimer = platform.after(patienceMs, broken);
        return;
      case 'failed':
        onState('interrupted');
        broken();
        return;
      case 'closed':
        return;
    }
  });

  const look = async (number: number): Promise<void> => {
    const before = await countReceived(peer);
    if (!watching || number !== looks) return;
    cancelLook = platform.after(silenceMs, () => {
      countReceived(peer).then(
        (now) => {
          if (number === looks && now <= before) broken();
        },
        () => undefined,
      );
    });
  };
  return {
    networkChanged() {
      if (!watching) return;
      if (peer.connectionState === 'disconnected') {
        broken();
        return;
      }
      looks += 1;
      const number = looks;
      cancelLook();
      cancelLook = platform.after(settleMs, () => {
        // A PeerConnection without statistics has ended.
        look(number).catch(() => undefined);
      });
    },
    end,
  };
}

/** Everything a PeerConnection has received so far, as a number that grows (W3C webrtc-stats, candidate pairs). */
async function countReceived(peer: PeerLike): Promise<number> {
  let count = 0;
  (await peer.getStats()).forEach((report) => {
    if (report['type'] !== 'candidate-pair') return;
    for (const name of ['bytesReceived', 'responsesReceived', 'requestsReceived']) {
      count += Number(report[name] ?? 0);
    }
  });
  return count;
}
