import type { AudioMixer } from '../../mixer/audio/index.ts';
import type { RoomEvent } from '../protocol/ipc.ts';
import type { RoomMetrics } from '../room-metrics.ts';
import type { Governing } from './governing.ts';
import type { VideoOutput } from './video-output.ts';

/** Counts what a room does, for its gateway. */
export class RoomReport {
  readonly #metrics: RoomMetrics;
  /** Keyframes already told, by rung and codec. */
  readonly #keyframes = new Map<string, number>();
  #skipped = 0;
  #cpuSeconds = 0;

  constructor(metrics: RoomMetrics) {
    this.#metrics = metrics;
  }

  /**
   * The next report.
   * @param skipped - picture ticks skipped so far
   */
  async next(
    video: Pick<VideoOutput, 'encodes'>,
    mixer: Pick<AudioMixer, 'encoderCount'>,
    governing: Pick<Governing, 'load'>,
    skipped: number,
  ): Promise<Extract<RoomEvent, { type: 'metrics' }>> {
    const metrics = this.#metrics;
    for (const { name: rung, codec, active, keyframes } of video.encodes) {
      metrics.videoEncoders.set({ rung, codec }, active ? 1 : 0);
      const key = `${rung} ${codec}`;
      metrics.keyframes.inc({ rung }, keyframes - (this.#keyframes.get(key) ?? 0));
      this.#keyframes.set(key, keyframes);
    }
    metrics.audioEncoders.set(mixer.encoderCount);
    metrics.residentBytes.set(process.memoryUsage.rss());
    metrics.framesSkipped.inc(skipped - this.#skipped);
    this.#skipped = skipped;
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    metrics.cpuSeconds.inc(cpuSeconds - this.#cpuSeconds);
    this.#cpuSeconds = cpuSeconds;
    const rungs = video.encodes
      .filter(({ active }) => active)
      .map(({ name: rung, codec, viewers, bitsPerSecond }) => ({
        rung,
        codec,
        viewers,
        kbps: Math.round(bitsPerSecond / 1000),
      }));
    return {
      type: 'metrics',
      metrics: await metrics.registry.getMetricsAsJSON(),
      rungs,
      load: { ...governing.load, cpuSeconds },
    };
  }
}
