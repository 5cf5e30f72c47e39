import type { Frame } from 'node-av/lib';
import type { AccessUnit, Rung } from '../../mixer/encode/index.ts';
import { type PacketizedFrame, packetizeH264, packetizeVp8 } from '../rtp/index.ts';
import type { VideoCodec, VideoFeed, VideoSubscription, Viewer } from './feeds.ts';

/** Replayed pictures are this far apart for the receiver: it shows the last one at once. */
const replaySpacingMs = 1;

/** What a {@link VideoOutput} needs. */
export interface VideoOutputOptions {
  /** One shared encode per codec. */
  readonly rungs: Readonly<Record<VideoCodec, Rung>>;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** The moment of the room that the picture of a tick shows. */
  readonly timeOfTick: (tick: number) => number;
  /** An encoder failed; another one follows. */
  readonly onError: (error: unknown) => void;
}

/** Passes each encoded picture on to all who watch it, packetized once. */
export class VideoOutput implements VideoFeed {
  readonly #options: VideoOutputOptions;
  readonly #packetized = new WeakMap<AccessUnit, PacketizedFrame>();
  #vp8Pictures = 0;

  constructor(options: VideoOutputOptions) {
    this.#options = options;
  }

  /** Whether anybody watches anything. */
  get isWatched(): boolean {
    return Object.values(this.#options.rungs).some((rung) => rung.consumers > 0);
  }

  watch(codec: VideoCodec, viewer: Viewer): VideoSubscription {
    const { rungs, now, timeOfTick } = this.#options;
    const rung = rungs[codec];
    const show = (unit: AccessUnit, atMs: number): void => {
      viewer(this.#packetize(unit), unit.tick, atMs);
    };
    const consumer = (unit: AccessUnit): void => {
      show(unit, timeOfTick(unit.tick));
    };
    const replay = rung.attach(consumer, now());
    const newest = timeOfTick(replay.at(-1)?.tick ?? 0);
    replay.forEach((unit, index) => {
      show(unit, newest - (replay.length - 1 - index) * replaySpacingMs);
    });
    return {
      requestKeyframe() {
        rung.requestKeyframe();
      },
      close() {
        rung.detach(consumer);
      },
    };
  }

  /** Encodes a picture for all who watch. The frame must not change until this resolves. */
  async encode(frame: Frame, tick: number): Promise<void> {
    const { rungs, now, onError } = this.#options;
    const encode = async (rung: Rung): Promise<void> => {
      try {
        await rung.encode(frame, tick, now());
      } catch (error) {
        onError(error);
      }
    };
    await Promise.all(Object.values(rungs).map(encode));
  }

  #packetize(unit: AccessUnit): PacketizedFrame {
    const known = this.#packetized.get(unit);
    if (known !== undefined) return known;
    const frame =
      unit.codec === 'h264'
        ? packetizeH264(unit.data)
        : packetizeVp8(unit.data, this.#vp8Pictures++);
    this.#packetized.set(unit, frame);
    return frame;
  }
}
