import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is counted of the paths between browsers and room processes; no label names a room or a person. */
export class PathMetrics {
  /** Receivers that get media now. */
  readonly receivers: Gauge<'rung'>;
  /** PeerConnections that came about, and those that failed: ICE or DTLS. */
  readonly connections: Counter<'pc' | 'result'>;
  /** Samples of what a downlink is thought to carry, bits a second. */
  readonly estimate: Histogram;
  /** Samples of the round trip to a receiver, seconds. */
  readonly roundTrip: Histogram;
  /** Samples of the part of a downlink's packets that is lost, 0 to 1. */
  readonly loss: Histogram;
  /** Keyframes that one side asks of the other: it could not decode. */
  readonly keyframeRequests: Counter<'pc'>;
  /** RTP packets of uplinks: those that came, those that did not, and those that came too late to be played. */
  readonly uplinkPackets: Counter<'outcome'>;
  /** Pictures of uplinks. */
  readonly uplinkFrames: Counter<'outcome'>;
  /** Sound of uplinks that was to be played, and what of it had to be made up. */
  readonly uplinkSound: Counter<'outcome'>;
  /** Uplinks whose picture stopped for so long that initials took its place. */
  readonly uplinkStalls: Counter;
  /** People of whom nothing came for `ONEGRID_MEDIA_TIMEOUT_MS`. */
  readonly timeouts: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.receivers = new Gauge({
      name: 'onegrid_receivers',
      help: 'Participants who are sent media, by the rung they get.',
      labelNames: ['rung'],
      registers,
    });
    this.connections = new Counter({
      name: 'onegrid_peer_connections_total',
      help: 'PeerConnections that connected or failed (ICE or DTLS).',
      labelNames: ['pc', 'result'],
      registers,
    });
    this.estimate = new Histogram({
      name: 'onegrid_downlink_estimate_bits_per_second',
      help: 'What downlinks are thought to carry, sampled every 5 s.',
      buckets: [50e3, 100e3, 200e3, 400e3, 800e3, 1.6e6, 3.2e6, 6.4e6],
      registers,
    });
    this.roundTrip = new Histogram({
      name: 'onegrid_downlink_round_trip_seconds',
      help: 'Round trip times to receivers, sampled every 5 s.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8],
      registers,
    });
    this.loss = new Histogram({
      name: 'onegrid_downlink_loss_ratio',
      help: 'Part of the packets to receivers that is lost, sampled every 5 s.',
      buckets: [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
      registers,
    });
    this.keyframeRequests = new Counter({
      name: 'onegrid_keyframe_requests_total',
      help: 'Keyframes asked for: by receivers (downlink), of browsers (uplink).',
      labelNames: ['pc'],
      registers,
    });
    this.uplinkPackets = new Counter({
      name: 'onegrid_uplink_packets_total',
      help: 'RTP packets of uplinks, by what became of them.',
      labelNames: ['outcome'],
      registers,
    });
    this.uplinkFrames = new Counter({
      name: 'onegrid_uplink_frames_total',
      help: 'Pictures of uplinks, by what became of them.',
      labelNames: ['outcome'],
      registers,
    });
    this.uplinkSound = new Counter({
      name: 'onegrid_uplink_sound_seconds_total',
      help: 'Sound of uplinks, as it was received or concealed.',
      labelNames: ['outcome'],
      registers,
    });
    this.uplinkStalls = new Counter({
      name: 'onegrid_uplink_stalls_total',
      help: 'Uplink pictures that stopped and gave way to initials.',
      registers,
    });
    this.timeouts = new Counter({
      name: 'onegrid_participant_timeouts_total',
      help: 'Participants of whom nothing came for too long.',
      registers,
    });
    this.#begin();
  }

  /** From the first look on there is a value of each, so that rates see the first event. */
  #begin(): void {
    for (const pc of ['uplink', 'downlink']) {
      for (const result of ['connected', 'failed']) this.connections.inc({ pc, result }, 0);
      this.keyframeRequests.inc({ pc }, 0);
    }
    for (const outcome of ['received', 'lost', 'late']) this.uplinkPackets.inc({ outcome }, 0);
    for (const outcome of ['decoded', 'dropped']) this.uplinkFrames.inc({ outcome }, 0);
    for (const outcome of ['received', 'concealed']) this.uplinkSound.inc({ outcome }, 0);
  }
}
