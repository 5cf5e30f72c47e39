import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { HealthMetrics } from './health-metrics.ts';
import { PathMetrics } from './path-metrics.ts';

/**
 * What one room process counts. The gateway adds up the snapshots of all room processes, so nothing
 * here carries a room or participant as label.
 */
export class RoomMetrics {
  readonly registry = new Registry();
  readonly paths = new PathMetrics(this.registry);
  readonly health = new HealthMetrics(this.registry);
  readonly videoEncoders = this.#gauge('onegrid_video_encoders', 'Video encoders running.', [
    'rung',
    'codec',
  ]);
  readonly audioEncoders = this.#gauge('onegrid_audio_encoders', 'Audio encoders running.');
  readonly residentBytes = this.#gauge(
    'onegrid_room_process_resident_bytes',
    'Resident memory of the room processes.',
  );
  readonly framesComposited = this.#counter(
    'onegrid_frames_composited_total',
    'Pictures composed, one per tick.',
  );
  readonly framesSkipped = this.#counter(
    'onegrid_frames_skipped_total',
    'Ticks without a picture because the one before took too long.',
  );
  readonly frameDuration = new Histogram({
    name: 'onegrid_frame_duration_seconds',
    help: 'Time a picture takes, by stage.',
    labelNames: ['stage'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1, 0.25],
    registers: [this.registry],
  });
  readonly governorLevel = new Gauge({
    name: 'onegrid_governor_level',
    help: 'What the room that saves most does without: 0 nothing, 6 all it can.',
    registers: [this.registry],
    aggregator: 'max',
  });
  readonly governorSteps = this.#counter(
    'onegrid_governor_steps_total',
    'Steps of rooms to save more, and less again.',
    ['direction'],
  );
  readonly keyframes = this.#counter('onegrid_keyframes_total', 'Keyframes encoded.', ['rung']);
  readonly downlinkPackets = this.#counter(
    'onegrid_downlink_packets_total',
    'RTP packets sent to participants, retransmissions apart.',
  );
  readonly retransmittedPackets = this.#counter(
    'onegrid_retransmitted_packets_total',
    'RTP packets sent again on a NACK.',
  );
  readonly cpuSeconds = this.#counter(
    'onegrid_room_process_cpu_seconds_total',
    'CPU time of the room processes, user and system.',
  );
  readonly joinDuration = new Histogram({
    name: 'onegrid_join_duration_seconds',
    help: 'From the join message to the first downlink packet.',
    buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 5],
    registers: [this.registry],
  });

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #counter<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
