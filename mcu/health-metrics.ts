import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What went wrong in room processes, and what is about to. */
export class HealthMetrics {
  /** The longest time the event loop was late within half a second, seconds. */
  readonly eventLoopLag: Histogram;
  /** Errors of encoders and ticks, which end nothing. */
  readonly errors: Counter<'stage'>;
  /** 20 ms of sound that were not mixed because the tick before took too long. */
  readonly soundTicksSkipped: Counter;
  /** What was left out because an output process did not read. */
  readonly outputDropped: Counter<'kind'>;
  /** What waits for output processes. */
  readonly outputQueueBytes: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.eventLoopLag = new Histogram({
      name: 'onegrid_room_event_loop_lag_seconds',
      help: 'Longest delay of the event loop of a room process in each half second.',
      buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 1, 3],
      registers,
    });
    this.errors = new Counter({
      name: 'onegrid_media_errors_total',
      help: 'Errors of encoders and ticks; the room goes on.',
      labelNames: ['stage'],
      registers,
    });
    for (const stage of ['video', 'audio', 'tick']) this.errors.inc({ stage }, 0);
    this.soundTicksSkipped = new Counter({
      name: 'onegrid_sound_ticks_skipped_total',
      help: 'Ticks of 20 ms of sound left out because the one before took too long.',
      registers,
    });
    this.outputDropped = new Counter({
      name: 'onegrid_output_dropped_packets_total',
      help: 'Packets that a recording, HLS or stream did not get because its process did not read.',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of ['video', 'audio']) this.outputDropped.inc({ kind }, 0);
    this.outputQueueBytes = new Gauge({
      name: 'onegrid_output_queue_bytes',
      help: 'What waits for recordings, HLS and streams.',
      registers,
    });
  }
}
