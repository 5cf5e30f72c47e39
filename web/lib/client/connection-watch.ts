import type { PeerLike, Platform } from './platform.ts';

/** How a direction of media is doing, in the words the page needs. */
export type LinkState = 'none' | 'connecting' | 'connected' | 'interrupted';

/** How long `disconnected` may last before the PeerConnection is given up, in milliseconds. */
const patienceMs = 3000;

/**
 * Reports the state of `peer` whenever it changes, and calls `onBroken` when it failed or stayed
 * disconnected for 3 s (Chromium alone would take 15 s or more to call that failed).
 *
 * @returns ends the watch
 */
export function watchConnection(
  peer: PeerLike,
  platform: Pick<Platform, 'after'>,
  onState: (state: LinkState) => void,
  onBroken: () => void,
): () => void {
  let watching = true;
  let cancelTimer = (): void => undefined;

  const broken = (): void => {
    if (!watching) return;
    watching = false;
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
  return () => {
    watching = false;
    cancelTimer();
  };
}
