import {
  InsecureContextError,
  type IceServerInit,
  type PeerLike,
  type Platform,
  type SoundMix,
  type StreamLike,
  type TrackLike,
} from './platform.ts';
import { watchWake } from './wake.ts';

/** The real browser, as the {@link Platform} of the client library. */
export const browserPlatform: Platform = {
  createSocket: (url) => new WebSocket(url),
  // The cast is for the tracks and streams that go in: they are real ones, as all of this platform are.
  createPeer: (iceServers) =>
    new RTCPeerConnection({ iceServers: iceServers.map(toIceServer) }) as PeerLike,
  createStream: () => new MediaStream(),
  getUserMedia(request): Promise<StreamLike> {
    const devices = mediaDevices();
    if (devices === undefined) {
      return Promise.reject(new InsecureContextError('no navigator.mediaDevices here'));
    }
    return devices.getUserMedia(request);
  },
  listDevices: () => mediaDevices()?.enumerateDevices() ?? Promise.resolve([]),
  onDeviceChange(listener) {
    const devices = mediaDevices();
    devices?.addEventListener('devicechange', listener);
    return () => {
      devices?.removeEventListener('devicechange', listener);
    };
  },
  canShareScreen() {
    const devices = navigator.mediaDevices as Partial<MediaDevices> | undefined;
    return devices?.getDisplayMedia !== undefined;
  },
  getDisplayMedia: () => navigator.mediaDevices.getDisplayMedia(displayOptions()),
  mixSound,
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  savesData() {
    // Not in every browser, nor in the DOM types (WICG netinfo).
    const { connection } = navigator as { connection?: { readonly saveData?: boolean } };
    return connection?.saveData === true;
  },
  onNetworkChange(listener) {
    // Firefox and Safari have no navigator.connection.
    const { connection } = navigator as { connection?: EventTarget };
    const sources: [EventTarget | undefined, string][] = [
      [window, 'online'],
      [window, 'offline'],
      [connection, 'change'],
    ];
    for (const [target, type] of sources) target?.addEventListener(type, listener);
    return () => {
      for (const [target, type] of sources) target?.removeEventListener(type, listener);
    };
  },
  onWake: (listener) =>
    watchWake(
      {
        now: () => Date.now(),
        every(ms, action) {
          const timer = setInterval(action, ms);
          return () => {
            clearInterval(timer);
          };
        },
        onShown(shown) {
          const sources: [EventTarget, string][] = [
            [document, 'visibilitychange'],
            [document, 'resume'],
            [window, 'pageshow'],
          ];
          for (const [target, type] of sources) target.addEventListener(type, shown);
          return () => {
            for (const [target, type] of sources) target.removeEventListener(type, shown);
          };
        },
      },
      listener,
    ),
  random: () => Math.random(),
};

/** The signalling address of the page's own origin. */
export function signallingUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
}

/**
 * A stream of one track for a media element, or null. Picture and sound may play in two elements:
 * the receiver keeps lips in step by the stream id in the SDP, not by this object.
 */
export function streamOf(track: TrackLike): MediaStream;
export function streamOf(track: TrackLike | null): MediaStream | null;
export function streamOf(track: TrackLike | null): MediaStream | null {
  // Every track of this platform came out of a real RTCPeerConnection or getUserMedia.
  return track === null ? null : new MediaStream([track as MediaStreamTrack]);
}

/** What the call itself plays is kept out of a shared system's sound; where that cannot be, only tabs have sound. */
function displayOptions(): DisplayMediaStreamOptions {
  const restrictOwnAudio = 'restrictOwnAudio' in navigator.mediaDevices.getSupportedConstraints();
  const options = {
    // As it is: what cleans up speech spoils music.
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      restrictOwnAudio,
    },
    video: { frameRate: { max: 30 } },
    // Not in the DOM types (Screen Capture, sections 5.2 and 5.3).
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    systemAudio: restrictOwnAudio ? 'include' : 'exclude',
  };
  return options;
}

function mixSound(tracks: readonly TrackLike[]): SoundMix {
  const context = new AudioContext({ latencyHint: 'interactive' });
  const output = context.createMediaStreamDestination();
  // One channel, as a call has: two would be sent as stereo.
  output.channelCount = 1;
  for (const track of tracks) {
    context.createMediaStreamSource(new MediaStream([track as MediaStreamTrack])).connect(output);
  }
  const [track] = output.stream.getAudioTracks();
  if (track === undefined) throw new Error('A MediaStreamAudioDestinationNode has no track.');
  // Whoever shares has just pressed a button, so that it may run; where it starts suspended all the same, it is asked to.
  context.resume().catch(() => undefined);
  return {
    track,
    close() {
      track.stop();
      context.close().catch(() => undefined);
    },
  };
}

/** The DOM types promise mediaDevices; browsers keep it back outside a secure context. */
function mediaDevices(): MediaDevices | undefined {
  return 'mediaDevices' in navigator ? navigator.mediaDevices : undefined;
}

function toIceServer(server: IceServerInit): RTCIceServer {
  return {
    urls: server.urls,
    ...(server.username === undefined ? {} : { username: server.username }),
    ...(server.credential === undefined ? {} : { credential: server.credential }),
  };
}
