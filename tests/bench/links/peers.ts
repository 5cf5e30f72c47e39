import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type FakeMedia, installFakeMedia } from '../../harness/fake-media.ts';
import { rememberPeers } from '../../harness/peers.ts';

/** What Chromium may send to Chromium. */
export interface PeerSetting {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Bits a second at most, by `maxBitrate`. */
  readonly video: number;
  /** Bits a second at most, by `maxBitrate`. */
  readonly audio: number;
}

type PageWithPeer = Window & { testPeers: RTCPeerConnection[] };

/**
 * One Chromium sends to another, by itself: a PeerConnection with Chromium's own congestion control, which is told nothing
 * but the size, the rate and the most it may send. The picture moves enough to take all of it.
 * @param from - where the sender is, and any page it may load from a secure origin
 * @param to - the same of the receiver
 * @param act - given the receiver's page once media flows; both pages are closed after it
 */
export async function withPeers<Result>(
  from: { browser: Browser; url: string },
  to: { browser: Browser; url: string },
  setting: PeerSetting,
  act: (receiver: Page) => Promise<Result>,
): Promise<Result> {
  const contexts: BrowserContext[] = [];
  const { width, height, fps } = setting;
  const media: FakeMedia = {
    ...{ width, height, fps },
    ...{ colour: '#2f6f4f', busy: true, tone: 'speech' },
  };
  const open = async ({ browser, url }: { browser: Browser; url: string }): Promise<Page> => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.addInitScript(rememberPeers);
    await page.addInitScript(installFakeMedia, media);
    await page.goto(`${url}/healthz`);
    return page;
  };
  try {
    const [sender, receiver] = await Promise.all([open(from), open(to)]);
    const offer = await sender.evaluate(offerIn, setting);
    const answer = await receiver.evaluate(answerIn, offer);
    await sender.evaluate(async (sdp) => {
      const [peer] = (window as unknown as PageWithPeer).testPeers;
      await peer?.setRemoteDescription({ type: 'answer', sdp });
    }, answer);
    return await act(receiver);
  } finally {
    for (const context of contexts) await context.close();
  }
}

/** Runs in the sender's page: an offer with all candidates in it. */
async function offerIn(setting: PeerSetting): Promise<string> {
  const peer = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  for (const track of stream.getTracks()) {
    const isVideo = track.kind === 'video';
    peer.addTransceiver(track, {
      direction: 'sendonly',
      streams: [stream],
      sendEncodings: [
        {
          maxBitrate: isVideo ? setting.video : setting.audio,
          ...(isVideo && { maxFramerate: setting.fps }),
        },
      ],
    });
  }
  const gathered = new Promise((resolve) => {
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState === 'complete') resolve(undefined);
    });
  });
  await peer.setLocalDescription();
  await gathered;
  return peer.localDescription?.sdp ?? '';
}

/** Runs in the receiver's page: the answer, with all candidates in it; what comes is played. */
async function answerIn(offer: string): Promise<string> {
  const peer = new RTCPeerConnection();
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  const audio = document.createElement('audio');
  audio.autoplay = true;
  document.body.append(video, audio);
  peer.addEventListener('track', ({ track }) => {
    (track.kind === 'video' ? video : audio).srcObject = new MediaStream([track]);
  });
  const gathered = new Promise((resolve) => {
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState === 'complete') resolve(undefined);
    });
  });
  await peer.setRemoteDescription({ type: 'offer', sdp: offer });
  await peer.setLocalDescription();
  await gathered;
  return peer.localDescription?.sdp ?? '';
}
