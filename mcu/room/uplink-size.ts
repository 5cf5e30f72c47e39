/** A width and a height, in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a video shows. */
export type KindOfVideo = 'camera' | 'screen';

/** The video a browser is asked for, 16:9; 0 fps: none. Pixels, pictures and bits a second. */
export interface VideoDemand {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrate: number;
}

/**
 * Heights to ask for, with bits a second at 25 fps. A few steps only, so that a tile that grows by a few pixels starts
 * no encoder anew; 144 is for the tiles of a grid of 25. The bitrates follow the pixels to the power of 2/3, and lie
 * above what libwebrtc takes for the least of a VP8 picture of that size: below it browsers send a smaller one.
 */
const ladder: readonly { readonly height: number; readonly bitrate: number }[] = [
  { height: 90, bitrate: 100_000 },
  { height: 144, bitrate: 170_000 },
  { height: 180, bitrate: 220_000 },
  { height: 270, bitrate: 350_000 },
  { height: 360, bitrate: 550_000 },
  { height: 540, bitrate: 950_000 },
  { height: 720, bitrate: 1_500_000 },
  { height: 1080, bitrate: 2_600_000 },
  { height: 1440, bitrate: 3_800_000 },
  { height: 2160, bitrate: 6_500_000 },
];
const smallest = { height: 90, bitrate: 100_000 };
const ladderFps = 25;

/** Tiles less high than this part of the canvas are too small for a face's motion to be followed. */
const smallTile = 1 / 4;
const smallTileFps = 15;
/** Text is read, not watched: what a screen saves in pictures goes into their sharpness. */
const screenFps = 15;
const screenBitrateFactor = 2;

/**
 * The height of a 16:9 picture that has at least the pixels of a tile it covers (or is fitted into), shown at `scale`;
 * a step of the ladder, but no more than the whole canvas needs.
 */
export function wantedHeight(tile: Size, canvas: Size, scale: number): number {
  const least = heightOver(tile) * scale;
  const step = ladder.find(({ height }) => height >= least) ?? ladder.at(-1) ?? smallest;
  return Math.min(step.height, Math.max(smallest.height, 2 * Math.ceil(heightOver(canvas) / 2)));
}

/** The rate for a tile of a composite that has `fps`; a whole number. */
export function wantedFps(tile: Size, canvas: Size, fps: number, kind: KindOfVideo): number {
  const most =
    kind === 'screen'
      ? screenFps
      : tile.height < smallTile * canvas.height
        ? smallTileFps
        : Number.POSITIVE_INFINITY;
  return Math.ceil(Math.min(fps, most));
}

/**
 * All of a demand. Pictures that are farther apart have less in common, so that half of them need more than half of
 * the bits: about the root of it.
 * @param fps - 0: no video; the size is that of the smallest then
 */
export function videoDemand(height: number, fps: number, kind: KindOfVideo): VideoDemand {
  if (fps === 0) return { ...sizeOf(smallest.height), fps: 0, bitrate: 0 };
  const { bitrate } = ladder.find((step) => step.height >= height) ?? ladder.at(-1) ?? smallest;
  const factor = Math.sqrt(fps / ladderFps) * (kind === 'screen' ? screenBitrateFactor : 1);
  return { ...sizeOf(height), fps, bitrate: Math.round((bitrate * factor) / 1000) * 1000 };
}

/** The next smaller height there is to ask for. */
export function stepDown(height: number): number {
  return ladder.findLast((step) => step.height < height)?.height ?? smallest.height;
}

/** The largest height there is to ask for that has no more pixels than that. */
export function heightWithin({ width, height }: Size): number {
  const least = Math.sqrt((width * height * 9) / 16);
  return ladder.findLast((step) => step.height <= least)?.height ?? smallest.height;
}

/** The most that may be asked of anybody: a screen that fills the canvas. Bits a second. */
export function mostBitrate(canvas: Size, fps: number): number {
  return Math.max(
    ...(['camera', 'screen'] as const).map(
      (kind) =>
        videoDemand(wantedHeight(canvas, canvas, 1), wantedFps(canvas, canvas, fps, kind), kind)
          .bitrate,
    ),
  );
}

/** A screen changes seldom, and costs little while it does not: its size may be that of so many times the bits. */
const screenPatience = 4;
/** A screen's rate where there is little room: what is left of it goes into its size. */
const narrowScreenFps = 2;

/**
 * As much of a demand as there is room for: fewer pictures, then smaller ones.
 * @param most - bits and pictures a second there is room for
 */
export function demandWithin(
  demand: VideoDemand,
  most: Pick<VideoDemand, 'bitrate' | 'fps'>,
  kind: KindOfVideo,
): VideoDemand {
  if (demand.bitrate <= most.bitrate && demand.fps <= most.fps) return demand;
  const isScreen = kind === 'screen';
  const fps = Math.min(demand.fps, isScreen ? narrowScreenFps : most.fps);
  const room = most.bitrate * (isScreen ? screenPatience : 1);
  const step = ladder.findLast(
    ({ height }) => height <= demand.height && videoDemand(height, fps, kind).bitrate <= room,
  );
  const { bitrate, ...size } = videoDemand((step ?? smallest).height, fps, kind);
  return { ...size, bitrate: Math.min(bitrate, most.bitrate) };
}

function heightOver({ width, height }: Size): number {
  return Math.max(height, (width * 9) / 16);
}

function sizeOf(height: number): Size {
  return { width: 2 * Math.ceil((height * 8) / 9), height };
}
