import type { AudioMixer } from '../../mixer/audio/index.ts';
import type { RoomEvent } from '../protocol/ipc.ts';
import type { RoomMetrics } from '../room-metrics.ts';
import type { Governing } from './governing.ts';
import { LoopWatch } from './loop-watch.ts';
import { PathReport, type Receiver } from './path-report.ts';
import type { Recorded } from './recorded.ts';
import type { RoomTicks } from './room-ticks.ts';
import type { VideoOutput } from './video-output.ts';

/** What {@link RoomReport} looks at. */
export interface RoomReportSources {
  readonly people: Iterable<Receiver>;
  readonly video: Pick<VideoOutput, 'encodes'>;
  readonly mixer: Pick<AudioMixer, 'encoderCount'>;
  readonly recorded: Pick<Recorded, 'waitingBytes'>;
  readonly ticks: Pick<RoomTicks, 'skipped'>;
  readonly governing: Pick<Governing, 'load'>;
}

/** Counts what a room does and how it is, for its gateway. */
export class RoomReport {
  readonly #metrics: RoomMetrics;
  readonly #sources: RoomReportSources;
  readonly #paths: PathReport;
  readonly #loop = new LoopWatch();
  /** Keyframes already told, by rung and codec. */
  readonly #keyframes = new Map<string, number>();
  /** Ticks already told. */
  #skipped = { picture: 0, sound: 0 };
  #cpuSeconds = 0;

  constructor(metrics: RoomMetrics, sources: RoomReportSources) {
    this.#metrics = metrics;
    this.#sources = sources;
    this.#paths = new PathReport(metrics.paths);
  }

  /** The next report; call it about twice a second. @param nowMs - milliseconds of the room's clock */
  async next(nowMs: number): Promise<Extract<RoomEvent, { type: 'metrics' }>> {
    const { people, video, governing } = this.#sources;
    this.#paths.look(people, nowMs);
    this.#countHealth();
    this.#countEncodes();
    const cpuSeconds = this.#countProcess();
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
      metrics: await this.#metrics.registry.getMetricsAsJSON(),
      rungs,
      load: { ...governing.load, cpuSeconds },
    };
  }

  /** What came too late, or waits. */
  #countHealth(): void {
    const { health, framesSkipped } = this.#metrics;
    const { recorded, ticks } = this.#sources;
    health.eventLoopLag.observe(this.#loop.take());
    health.outputQueueBytes.set(recorded.waitingBytes);
    const { skipped } = ticks;
    health.soundTicksSkipped.inc(skipped.sound - this.#skipped.sound);
    framesSkipped.inc(skipped.picture - this.#skipped.picture);
    this.#skipped = skipped;
  }

  #countEncodes(): void {
    const metrics = this.#metrics;
    const { video, mixer } = this.#sources;
    for (const { name: rung, codec, active, keyframes } of video.encodes) {
      metrics.videoEncoders.set({ rung, codec }, active ? 1 : 0);
      const key = `${rung} ${codec}`;
      metrics.keyframes.inc({ rung }, keyframes - (this.#keyframes.get(key) ?? 0));
      this.#keyframes.set(key, keyframes);
    }
    metrics.audioEncoders.set(mixer.encoderCount);
  }

  /** @returns the processor time since the process was started, in seconds */
  #countProcess(): number {
    this.#metrics.residentBytes.set(process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    this.#metrics.cpuSeconds.inc(cpuSeconds - this.#cpuSeconds);
    this.#cpuSeconds = cpuSeconds;
    return cpuSeconds;
  }
}
