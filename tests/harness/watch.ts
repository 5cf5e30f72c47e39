import type { Person } from './chromium.ts';

/** What the sound of a downlink was like at one moment, as the browser counts it since it began. */
export interface SoundSample {
  /** Milliseconds of Unix time. */
  readonly at: number;
  /** Samples played, those made up among them. */
  readonly total: number;
  /** Samples made up for lost or late ones. */
  readonly concealed: number;
}

/** What a page saw and heard, from {@link Watch.start} on. Milliseconds of Unix time. */
export interface Seen {
  /** When each picture came to the screen. */
  readonly frames: readonly number[];
  /** Every 100 ms. */
  readonly sound: readonly SoundSample[];
}

interface Watching {
  frames: number[];
  sound: SoundSample[];
  timer: number;
}
type WatchedWindow = Window & { testPeers: RTCPeerConnection[]; testWatch?: Watching };

/** Runs in the page: notes every picture that is shown and, every 100 ms, the counters of the sound. */
function watchPage(): void {
  const page = window as unknown as WatchedWindow;
  clearInterval(page.testWatch?.timer);
  const own: Watching = { frames: [], sound: [], timer: 0 };
  let video: HTMLVideoElement | null = null;
  const onFrame = (_now: number, { expectedDisplayTime }: VideoFrameCallbackMetadata): void => {
    // Another watch may have begun.
    if (page.testWatch !== own) return;
    own.frames.push(performance.timeOrigin + expectedDisplayTime);
    video?.requestVideoFrameCallback(onFrame);
  };
  const look = async (): Promise<void> => {
    const now = document.querySelector('video');
    if (now !== null && now !== video) {
      video = now;
      video.requestVideoFrameCallback(onFrame);
    }
    for (const peer of page.testPeers) {
      if (peer.connectionState === 'closed') continue;
      const found = peer
        .getTransceivers()
        .find(
          ({ receiver, currentDirection }) =>
            receiver.track.kind === 'audio' && currentDirection === 'recvonly',
        );
      for (const entry of (await found?.receiver.getStats())?.values() ?? []) {
        const stats = entry as {
          type: string;
          timestamp: number;
          totalSamplesReceived: number;
          concealedSamples: number;
        };
        if (stats.type !== 'inbound-rtp') continue;
        own.sound.push({
          at: stats.timestamp,
          total: stats.totalSamplesReceived,
          concealed: stats.concealedSamples,
        });
      }
    }
  };
  own.timer = window.setInterval(() => void look(), 100);
  page.testWatch = own;
}

/** Begins to note what a person sees and hears, anew where that was done before. */
export async function startWatch({ page }: Person): Promise<void> {
  await page.evaluate(watchPage);
}

/** What a person has seen and heard since {@link startWatch}. */
export function readWatch({ page }: Person): Promise<Seen> {
  return page.evaluate(() => {
    const { frames, sound } = (window as unknown as WatchedWindow).testWatch ?? {
      frames: [],
      sound: [],
    };
    return { frames, sound };
  });
}
