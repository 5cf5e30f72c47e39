import {
  adopt,
  assemble,
  type Assembled,
  listSegments,
  RecordingSegment,
  reopen,
} from '../../mixer/output/live/index.ts';
import type { Logger } from '../log.ts';
import type { Output, OutputCommand } from '../protocol/outputs.ts';
import type { OutputEnd, OutputSink } from './sink.ts';
import type { OutputPacket } from './wire.ts';

/** Everything `open` says. */
type Open = Extract<OutputCommand, { type: 'open' }>;

/** What a recording is opened with. */
type Recording = Extract<Output, { kind: 'recording' }>;

/** Records one segment, and makes the whole of all of them at the end. */
export class RecordingOutput implements OutputSink {
  readonly #directory: string;
  readonly #segment: RecordingSegment;
  readonly #log: Logger;

  private constructor(directory: string, segment: RecordingSegment, log: Logger) {
    this.#directory = directory;
    this.#segment = segment;
    this.#log = log;
  }

  /** Makes ready to record. */
  static async open(
    output: Recording,
    { canvas, fps }: Pick<Open, 'canvas' | 'fps'>,
    log: Logger,
  ): Promise<RecordingOutput> {
    if (output.segment > 0) await reopen(output.directory);
    const segment = await RecordingSegment.open({ ...output, ...canvas, fps });
    return new RecordingOutput(output.directory, segment, log);
  }

  get startMs(): number | null {
    return this.#segment.startMs;
  }

  get progress(): { bytes: number; durationSeconds: number } {
    const { bytes, durationSeconds } = this.#segment;
    return { bytes, durationSeconds };
  }

  get isOver(): boolean {
    return this.#segment.isFull;
  }

  connected(): void {
    this.#segment.connected();
  }

  packet(packet: OutputPacket): void {
    switch (packet.kind) {
      case 'video':
        this.#segment.picture(packet.data, packet.keyframe, packet.atMs);
        return;
      case 'audio':
        this.#segment.audio(packet.speaker, packet.data, packet.atMs);
        return;
      case 'speaker':
        this.#segment.speaker(packet.speaker, packet.id);
        return;
      default:
        packet satisfies never;
    }
  }

  async tick(nowMs: number): Promise<void> {
    await this.#segment.tick(nowMs);
  }

  async finish(): Promise<OutputEnd> {
    const full = this.#segment.isFull;
    const { error } = await this.#segment.finish();
    if (error !== null) this.#log.error({ err: error }, 'writing the recording failed');
    const segments = await listSegments(this.#directory);
    const [only] = segments;
    const whole =
      only !== undefined && segments.length === 1
        ? () => adopt(this.#directory, only)
        : () => assemble(this.#directory);
    return conclude(whole, full || error !== null, this.#log);
  }
}

/** Makes a recording of the segments that there are. */
export function assembleRecording(directory: string, log: Logger): Promise<OutputEnd> {
  return conclude(() => assemble(directory), false, log);
}

async function conclude(
  make: () => Promise<Assembled | null>,
  full: boolean,
  log: Logger,
): Promise<OutputEnd> {
  try {
    const made = await make();
    if (made === null) return { type: 'failed', message: 'Nothing was recorded.' };
    return { type: 'finished', ...made, full };
  } catch (error) {
    log.error({ err: error }, 'putting the recording together failed');
    const message =
      error instanceof Error && /ENOSPC|No space/.test(error.message)
        ? 'There is no space left on the disk to put the recording together; its segments are kept.'
        : 'The recording could not be put together; its segments are kept.';
    return { type: 'failed', message };
  }
}
