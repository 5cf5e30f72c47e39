/** The rungs with a picture, best first. */
export const videoRungNames = ['high', 'medium', 'low', 'tiny'] as const;
/** A rung with a picture. */
export type VideoRungName = (typeof videoRungNames)[number];

/** All rungs, best first. */
export const rungNames = [...videoRungNames, 'audio'] as const;
/** A quality that receivers share. */
export type RungName = (typeof rungNames)[number];

/** How the sound of a rung is encoded. */
export interface RungSound {
  /** Milliseconds of an Opus frame. */
  readonly frameMs: 20 | 40 | 60;
  readonly bitsPerSecond: number;
}

/** How the picture of a rung is encoded. */
export interface RungVideo {
  /** Height of the picture in heights of the canvas. */
  readonly scale: number;
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Pictures a second; may be fractional. */
  readonly fps: number;
  /** So many ticks of the canvas for each picture. */
  readonly ticksPerFrame: number;
  readonly bitsPerSecond: number;
  /** Least time between two keyframes that receivers ask for, in milliseconds. */
  readonly keyframeIntervalMs: number;
}

/** Everything about a rung. */
export interface RungPlan {
  /** Null where there is no picture. */
  readonly video: RungVideo | null;
  readonly sound: RungSound;
  /** What a receiver gets in all, headers of IP, UDP, SRTP and RTP included. */
  readonly wireBitsPerSecond: number;
  /** What of that is no picture. */
  readonly otherBitsPerSecond: number;
}

/** A canvas and its rate. */
export interface CanvasRate {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Ticks a second. */
  readonly fps: number;
}

/** A row of the table; bitrates are those of the reference canvas. */
interface Row {
  readonly video: Pick<
    RungVideo,
    'scale' | 'ticksPerFrame' | 'bitsPerSecond' | 'keyframeIntervalMs'
  > | null;
  readonly sound: RungSound;
}

/** The canvas the bitrates of the table are meant for; others in proportion to their pixels a second. */
const reference: CanvasRate = { width: 1280, height: 720, fps: 25 };

const table: Readonly<Record<RungName, Row>> = {
  high: {
    video: { scale: 1, ticksPerFrame: 1, bitsPerSecond: 1_500_000, keyframeIntervalMs: 500 },
    sound: { frameMs: 20, bitsPerSecond: 32_000 },
  },
  medium: {
    video: { scale: 1 / 2, ticksPerFrame: 1, bitsPerSecond: 500_000, keyframeIntervalMs: 1000 },
    sound: { frameMs: 20, bitsPerSecond: 32_000 },
  },
  low: {
    video: { scale: 1 / 4, ticksPerFrame: 2, bitsPerSecond: 130_000, keyframeIntervalMs: 2000 },
    sound: { frameMs: 40, bitsPerSecond: 24_000 },
  },
  tiny: {
    video: { scale: 1 / 4, ticksPerFrame: 4, bitsPerSecond: 50_000, keyframeIntervalMs: 2000 },
    sound: { frameMs: 60, bitsPerSecond: 15_000 },
  },
  audio: { video: null, sound: { frameMs: 60, bitsPerSecond: 15_000 } },
};

/** Below this libx264 has no rate to keep: it counts in kbit/s. */
const leastBitsPerSecond = 10_000;

/** Around each RTP payload: IPv4 20, UDP 8, RTP 12, transport-wide sequence number 8, SRTP tag 16 bytes. */
const headerBits = 8 * 64;
/** Bytes of payload in a full packet. */
const payloadBits = 8 * 1162;
/** RTCP and connectivity checks. */
const controlBitsPerSecond = 5000;

/** How the sound of a rung is encoded, whatever the canvas. */
export function rungSound(name: RungName): RungSound {
  return table[name].sound;
}

/** What a rung is on a canvas. */
export function rungPlan(name: RungName, canvas: CanvasRate): RungPlan {
  const { video, sound } = table[name];
  const soundBits = sound.bitsPerSecond + (1000 / sound.frameMs) * headerBits;
  const otherBitsPerSecond = Math.round(soundBits + controlBitsPerSecond);
  if (video === null) {
    return { video, sound, wireBitsPerSecond: otherBitsPerSecond, otherBitsPerSecond };
  }
  const share =
    (canvas.width * canvas.height * canvas.fps) /
    (reference.width * reference.height * reference.fps);
  const bitsPerSecond = Math.max(leastBitsPerSecond, Math.round(video.bitsPerSecond * share));
  const fps = canvas.fps / video.ticksPerFrame;
  // The last packet of a picture is half full in the mean.
  const packetsPerSecond = bitsPerSecond / payloadBits + fps / 2;
  return {
    video: {
      ...video,
      width: scaledSide(canvas.width, video.scale),
      height: scaledSide(canvas.height, video.scale),
      fps,
      bitsPerSecond,
    },
    sound,
    wireBitsPerSecond:
      Math.round(bitsPerSecond + packetsPerSecond * headerBits) + otherBitsPerSecond,
    otherBitsPerSecond,
  };
}

/** The even length nearest to a part of a side. */
function scaledSide(side: number, scale: number): number {
  return Math.max(2, 2 * Math.round((side * scale) / 2));
}
