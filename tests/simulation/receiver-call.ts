import type { AudioFormat } from '../../mixer/audio/index.ts';
import { type RungName, rungPlan, type VideoRungName } from '../../mixer/encode/rung-table.ts';
import { DownlinkReceiver } from '../../mcu/load/downlink-receiver.ts';
import { DownlinkSender } from '../../mcu/room/downlink-sender.ts';
import { payloadTypes, transportSequenceExtension } from '../../mcu/room/downlink-sdp.ts';
import type { AudioFeed, VideoFeed, Viewer } from '../../mcu/room/feeds.ts';
import { offersOf } from '../../mcu/room/quality.ts';
import { RungController } from '../../mcu/room/rung-controller.ts';
import { RoomMetrics } from '../../mcu/room-metrics.ts';
import { NtpClock } from '../../mcu/rtp/index.ts';
import pino from 'pino';
import { Events, seededRandom } from './events.ts';
import { Link } from './link.ts';

const canvas = { width: 1280, height: 720 };
const fps = 25;
const rungs: VideoRungName[] = ['high', 'medium', 'low', 'tiny'];
const payloadBytes = 1162;
const otherBytes = 400;
const soundTypes: ReadonlySet<number> = new Set([payloadTypes.opus, payloadTypes.red]);

/** What a {@link simulateCall} is over. */
export interface PathOptions {
  readonly seconds: number;
  /** Bits per second at a second. */
  readonly rate: (second: number) => number;
  /** Default 40. */
  readonly rttMs?: number;
  /** What the bottleneck holds at its rate, milliseconds. Default 300. */
  readonly queueMs?: number;
  readonly bucketBytes?: number;
  /** Share of packets lost. */
  readonly loss?: (second: number) => number;
  /** Bits per second of others that stand in the same queue at a second, such as of signalling. */
  readonly others?: (second: number) => number;
  readonly jitterMs?: number;
  /** See {@link Link}. */
  readonly jitterEveryMs?: number;
  readonly seed?: number;
  /** Others who watch every rung, so that it is shared. */
  readonly shared?: boolean;
}

/** What came of it. */
export interface CallOutcome {
  /** Rung changes, with the second. */
  readonly changes: readonly {
    readonly second: number;
    readonly rung: RungName;
    readonly reason: string;
  }[];
  /** When pictures came, milliseconds. */
  readonly pictures: readonly number[];
  /** When packets of sound came, milliseconds, and how long each was on its way. */
  readonly sounds: readonly { readonly atMs: number; readonly lateMs: number }[];
  /** Keyframes asked for, by rung. */
  readonly keyframes: ReadonlyMap<string, number>;
  readonly plis: number;
  /** What the receiver's link carried, bits. */
  readonly bits: number;
  /** Every 100 ms. */
  readonly trace: readonly string[];
}

/** The product's own sender over a simulated path to the synthetic participants' receiver. */
export function simulateCall(options: PathOptions): CallOutcome {
  const events = new Events();
  const random = seededRandom(options.seed ?? 1);
  const now = (): number => events.nowMs;
  const rate = (atMs: number): number => options.rate(atMs / 1000);
  const { rttMs = 40, queueMs = 300, loss, jitterMs, jitterEveryMs, bucketBytes } = options;
  const link = new Link(events, {
    rate,
    delayMs: rttMs / 2,
    random,
    queueBytes: (atMs) => Math.max(8000, (queueMs * rate(atMs)) / 8000),
    ...(bucketBytes === undefined ? {} : { bucketBytes }),
    ...(loss === undefined ? {} : { loss: (atMs: number) => loss(atMs / 1000) }),
    ...(jitterMs === undefined ? {} : { jitterMs }),
    ...(jitterEveryMs === undefined ? {} : { jitterEveryMs }),
  });
  const feed = new Feed(events, random, options.shared ?? false);
  const controller = new RungController(offersOf({ canvas, fps, rungs }), 'auto');
  const outcome = {
    changes: [] as { second: number; rung: RungName; reason: string }[],
    pictures: [] as number[],
    sounds: [] as { atMs: number; lateMs: number }[],
    bits: 0,
    trace: [] as string[],
  };
  const streams = {
    cname: 'receiver',
    videoSsrc: 1000,
    videoRtxSsrc: 1001,
    audioSsrc: 1002,
    profileLevelId: '42e01f',
  };
  const receiver = new DownlinkReceiver(
    {
      codec: 'h264',
      videoSsrc: 1000,
      rtxSsrc: 1001,
      audioSsrc: 1002,
      transportSequence: transportSequenceExtension,
    },
    {
      transmit: (rtcp) => {
        events.after(rttMs / 2, () => {
          sender.receive(rtcp);
        });
      },
      frame: () => outcome.pictures.push(events.nowMs),
      random,
      cname: 'receiver',
    },
  );
  const transmit = (packet: Buffer): void => {
    const copy = Buffer.from(packet);
    const sentMs = events.nowMs;
    link.send(copy.length + 44, () => {
      outcome.bits += (copy.length + 44) * 8;
      if (copy.readUInt32BE(8) === 1002 && soundTypes.has(copy[1]! & 0x7f)) {
        outcome.sounds.push({ atMs: events.nowMs, lateMs: events.nowMs - sentMs });
      }
      receiver.receive(copy, events.nowMs);
    });
  };
  let told = '';
  const answered = {
    codec: 'h264',
    rtx: true,
    audio: true,
    red: true,
    transportSequence: true,
  } as const;
  const sender = new DownlinkSender(streams, answered, controller, {
    log: { lines: pino({ level: 'silent' }) },
    metrics: new RoomMetrics(),
    settings: { canvas, fps },
    now,
    after: (ms, what) => {
      let cancelled = false;
      events.after(ms, () => {
        if (!cancelled) what();
      });
      return () => (cancelled = true);
    },
    ntp: new NtpClock(0, 0),
    video: feed,
    audio: feed,
    profileLevelId: '42e01f',
    onFirstPacket: () => undefined,
    onQuality: () => {
      const { rung, reason } = controller;
      if (told === rung) return;
      told = rung;
      outcome.changes.push({ second: events.nowMs / 1000, rung, reason });
    },
    transmit: { video: transmit, audio: transmit },
  });
  const every = (ms: number, what: () => void): void => {
    events.after(ms, () => {
      what();
      every(ms, what);
    });
  };
  let owed = 0;
  every(20, () => {
    owed += ((options.others?.(events.nowMs / 1000) ?? 0) * 20) / 8000;
    for (; owed >= otherBytes; owed -= otherBytes) link.send(otherBytes, null);
  });
  every(50, () => sender.tick());
  every(5, () => {
    receiver.tick(events.nowMs);
  });
  every(200, () => {
    const link = sender.link;
    outcome.trace.push(
      `${(events.nowMs / 1000).toFixed(1)} ${controller.rung} est ${kbit(link.bitsPerSecond)} ack ${kbit(link.acknowledgedBitsPerSecond ?? 0)} sent ${kbit(link.sentBitsPerSecond)} queue ${link.queueMs.toFixed(0)} backlog ${link.backlogMs.toFixed(0)} loss ${link.lossFraction.toFixed(2)} ${link.usage} ${link.limitedBy} cap ${kbit(controller.capacity)} probe ${kbit(controller.probe?.bitsPerSecond ?? 0)}`,
    );
  });
  events.run(options.seconds * 1000);
  return { ...outcome, keyframes: feed.keyframes, plis: receiver.counters.plis };
}

const kbit = (bits: number): string => (bits / 1000).toFixed(0);

interface FedRung {
  readonly viewers: Set<Viewer>;
  lastKeyframeMs: number;
  requested: boolean;
}

/** Pictures of the rungs' sizes, a keyframe of four times the mean, and sound. */
class Feed implements VideoFeed, AudioFeed {
  readonly keyframes = new Map<string, number>();
  readonly #events: Events;
  readonly #random: () => number;
  readonly #shared: boolean;
  readonly #rungs = new Map<VideoRungName, FedRung>();
  #tick = 0;

  constructor(events: Events, random: () => number, shared: boolean) {
    this.#events = events;
    this.#random = random;
    this.#shared = shared;
    this.#next();
  }

  watch(name: VideoRungName, _codec: unknown, viewer: Viewer) {
    let rung = this.#rungs.get(name);
    if (rung === undefined) {
      rung = { viewers: new Set(), lastKeyframeMs: -Infinity, requested: false };
      this.#rungs.set(name, rung);
    }
    const { viewers } = rung;
    viewers.add(viewer);
    rung.requested = true;
    const watched = rung;
    return {
      viewers: this.#shared ? 2 : 1,
      requestKeyframe: () => (watched.requested = true),
      close: () => viewers.delete(viewer),
    };
  }

  listen(_id: string, format: AudioFormat, receive: (opus: Buffer, atMs: number) => void) {
    let current = format;
    let open = true;
    const next = (): void => {
      const { frameMs, bitsPerSecond } = current;
      this.#events.after(frameMs, () => {
        if (!open) return;
        receive(
          Buffer.alloc(Math.round((bitsPerSecond * frameMs) / 8000)),
          this.#events.nowMs - frameMs,
        );
        next();
      });
    };
    next();
    return {
      setFormat: (given: AudioFormat) => void (current = given),
      close: () => void (open = false),
    };
  }

  #next(): void {
    const { nowMs } = this.#events;
    const tick = this.#tick++;
    for (const [name, rung] of this.#rungs) {
      const { video } = rungPlan(name, { ...canvas, fps });
      if (video === null || rung.viewers.size === 0 || tick % video.ticksPerFrame !== 0) continue;
      const keyframe = rung.requested && nowMs - rung.lastKeyframeMs >= video.keyframeIntervalMs;
      if (keyframe) {
        rung.lastKeyframeMs = nowMs;
        rung.requested = false;
        this.keyframes.set(name, (this.keyframes.get(name) ?? 0) + 1);
      }
      const mean = video.bitsPerSecond / 8 / video.fps;
      const bytes = mean * (keyframe ? 4 : 0.6 + 0.7 * this.#random());
      const payloads = [];
      for (let left = Math.round(bytes); left > 0; left -= payloadBytes) {
        const payload = Buffer.alloc(Math.min(left, payloadBytes), 1);
        payload[0] = keyframe && payloads.length === 0 ? 0x65 : 0x41;
        payloads.push(payload);
      }
      for (const viewer of [...rung.viewers]) viewer({ payloads, keyframe }, tick, nowMs);
    }
    this.#events.after(1000 / fps, () => {
      this.#next();
    });
  }
}
