/** What there is of a stream. */
export type StreamState =
  | 'looking'
  /** The server has no such playlist (yet, or any more). */
  | 'none'
  | 'unreachable'
  | 'refused'
  | 'playing'
  /** There is one, but not for this browser. */
  | 'unplayable';

/** How long until it is looked for again, in milliseconds. */
const retryMs = 3000;

const nativeType = 'application/vnd.apple.mpegurl';

/** Shows a stream until it ends; resolves then. `signal` ends it earlier. */
type Play = (video: HTMLVideoElement, url: string, signal: AbortSignal) => Promise<void>;

/**
 * Plays the HLS stream at `url` in `video`, as often as there is one, and tells where it stands.
 * @returns what ends it
 */
export function watchStream(
  video: HTMLVideoElement,
  url: string,
  tell: (state: StreamState) => void,
): () => void {
  const end = new AbortController();
  void run(video, url, tell, end.signal);
  return () => {
    end.abort();
  };
}

async function run(
  video: HTMLVideoElement,
  url: string,
  tell: (state: StreamState) => void,
  signal: AbortSignal,
): Promise<void> {
  tell('looking');
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const found = await look(url, signal);
    if (isOver()) return;
    if (found === 'playing') {
      const play = await playerFor(video);
      if (isOver()) return;
      tell(play === null ? 'unplayable' : 'playing');
      if (play === null) return;
      const end = new AbortController();
      const stop = (): void => end.abort();
      signal.addEventListener('abort', stop);
      void watchForStall(video, url, end);
      await play(video, url, end.signal);
      stop();
      signal.removeEventListener('abort', stop);
      video.removeAttribute('src');
      video.load();
    } else {
      tell(found);
    }
    await pause(retryMs, signal);
  }
}

/**
 * A player may wait for ever for a stream that is gone, or show its last seconds again and again (Chromium's own):
 * ends it once nothing moves forward and the server has none.
 */
async function watchForStall(
  video: HTMLVideoElement,
  url: string,
  end: AbortController,
): Promise<void> {
  let position = -1;
  const isOver = (): boolean => end.signal.aborted;
  while (!isOver()) {
    const isStuck = !video.paused && video.currentTime <= position;
    if (isStuck && (await look(url, end.signal)) !== 'playing') end.abort();
    position = video.currentTime;
    await pause(retryMs, end.signal);
  }
}

/** Whether the server has the playlist now, of a stream that goes on (RFC 8216, section 4.3.3.4). */
async function look(url: string, signal: AbortSignal): Promise<StreamState> {
  try {
    const response = await fetch(url, { signal, cache: 'no-store' });
    const { ok, status } = response;
    if (ok) return (await response.text()).includes('#EXT-X-ENDLIST') ? 'none' : 'playing';
    if (status === 401 || status === 403) return 'refused';
    return status === 404 ? 'none' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}

/** The browser's own player, else hls.js, loaded only now; null where neither works. */
async function playerFor(video: HTMLVideoElement): Promise<Play | null> {
  if (video.canPlayType(nativeType) !== '') return playNatively;
  const { default: Hls } = await import('hls.js/light');
  if (!Hls.isSupported()) return null;
  return (target, url, signal) =>
    new Promise((resolve) => {
      // Without a worker: its script would be a blob:, which the page's policy refuses, and fMP4 needs no work.
      const hls = new Hls({ enableWorker: false });
      let recovered = false;
      const finish = (): void => {
        hls.destroy();
        target.removeEventListener('ended', finish);
        resolve();
      };
      hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
        if (!fatal) return;
        if (type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
          recovered = true;
          hls.recoverMediaError();
        } else finish();
      });
      target.addEventListener('ended', finish);
      signal.addEventListener('abort', finish, { once: true });
      hls.loadSource(url);
      hls.attachMedia(target);
    });
}

function playNatively(video: HTMLVideoElement, url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      video.removeEventListener('error', finish);
      video.removeEventListener('ended', finish);
      resolve();
    };
    video.addEventListener('error', finish);
    video.addEventListener('ended', finish);
    signal.addEventListener('abort', finish, { once: true });
    video.src = url;
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
