import { loudness } from './level.ts';
import type { TrackLike } from './platform.ts';

/** How often a level is told, in milliseconds. */
const levelEveryMs = 125;

/** Whether this browser lets a page choose where its sound comes out. */
export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

/**
 * Tells how loud a microphone is, in dB below full scale and 8 times a second, until the returned function is called: also of
 * a muted one. Nothing runs while the page is not seen.
 */
export function watchLevel(track: TrackLike, listener: (decibels: number) => void): () => void {
  // A muted track is silent wherever it goes; its clone is not.
  const own = (track as MediaStreamTrack).clone();
  own.enabled = true;
  const context = new AudioContext({ latencyHint: 'playback' });
  const analyser = new AnalyserNode(context, { fftSize: 4096 });
  context.createMediaStreamSource(new MediaStream([own])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let timer: ReturnType<typeof setInterval> | undefined;

  const tell = (): void => {
    analyser.getFloatTimeDomainData(samples);
    listener(loudness(samples));
  };
  const follow = (): void => {
    clearInterval(timer);
    timer = document.hidden ? undefined : setInterval(tell, levelEveryMs);
    void (document.hidden ? context.suspend() : context.resume());
  };
  // Before anybody has touched the page it may not start.
  const start = (): void => {
    if (context.state === 'suspended' && !document.hidden) void context.resume();
  };
  document.addEventListener('visibilitychange', follow);
  document.addEventListener('pointerdown', start);
  document.addEventListener('keydown', start);
  follow();

  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', follow);
    document.removeEventListener('pointerdown', start);
    document.removeEventListener('keydown', start);
    own.stop();
    void context.close();
  };
}
