import { Fuse, HlsOutput } from '../../mixer/output/live/index.ts';
import type { Logger } from '../log.ts';
import type { Output, OutputCommand } from '../protocol/outputs.ts';
import type { OutputEnd, OutputSink } from './sink.ts';
import { machineOffsetMs, type OutputPacket } from './wire.ts';

type Open = Extract<OutputCommand, { type: 'open' }>;

/** Writes the HLS of a room. */
export class HlsSink implements OutputSink {
  readonly #output: HlsOutput;
  readonly #fuse: Fuse;

  private constructor(output: HlsOutput, log: Logger) {
    this.#output = output;
    this.#fuse = new Fuse((error) => {
      log.error({ err: error }, 'writing the segments failed');
    });
  }

  /** Goes on with the playlist that is there, if one is. */
  static async open(
    { directory, segmentSeconds, windowSeconds }: Extract<Output, { kind: 'hls' }>,
    { canvas, fps }: Pick<Open, 'canvas' | 'fps'>,
    log: Logger,
  ): Promise<HlsSink> {
    const nowMs = performance.now() + machineOffsetMs();
    const epochMs = Date.now() - nowMs;
    const options = { directory, segmentSeconds, windowSeconds, ...canvas, fps, epochMs };
    return new HlsSink(await HlsOutput.open(options, nowMs), log);
  }

  get startMs(): number | null {
    return this.#output.startMs;
  }

  get progress(): { bytes: number; durationSeconds: number } {
    const { bytes, durationSeconds } = this.#output;
    return { bytes, durationSeconds };
  }

  get isOver(): boolean {
    return this.#fuse.isBlown;
  }

  connected(): void {
    this.#fuse.attempt(() => {
      this.#output.connected();
    });
  }

  packet(packet: OutputPacket): void {
    this.#fuse.attempt(() => {
      if (packet.kind === 'video') {
        const { data, keyframe, atMs, scheduled } = packet;
        this.#output.picture(data, keyframe, atMs, scheduled);
      } else if (packet.kind === 'audio' && packet.speaker === 0) {
        this.#output.audio(packet.data, packet.atMs);
      }
    });
  }

  async tick(nowMs: number): Promise<void> {
    if (this.#fuse.isBlown) return;
    try {
      await this.#output.tick(nowMs);
    } catch (error) {
      this.#fuse.blow(error);
    }
  }

  finish(): Promise<OutputEnd> {
    this.#fuse.attempt(() => {
      this.#output.finish();
    });
    this.#output.close();
    if (this.#fuse.isBlown) {
      return Promise.resolve({ type: 'failed', message: 'The segments could not be written.' });
    }
    return Promise.resolve({ type: 'finished', ...this.progress, full: false });
  }
}
