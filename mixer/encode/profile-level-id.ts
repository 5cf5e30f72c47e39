/** The limits of one level. */
interface Level {
  /** level_idc: ten times the level. */
  readonly idc: number;
  /** Macroblocks a second. */
  readonly maxMbps: number;
  /** Macroblocks a frame. */
  readonly maxFs: number;
}

/**
 * ITU-T H.264 (08/2021), table A-1, from 3.1 on: every browser decodes that, so nothing less is ever announced.
 */
const levels: readonly Level[] = [
  { idc: 31, maxMbps: 108000, maxFs: 3600 },
  { idc: 32, maxMbps: 216000, maxFs: 5120 },
  { idc: 40, maxMbps: 245760, maxFs: 8192 },
  { idc: 42, maxMbps: 522240, maxFs: 8704 },
  { idc: 50, maxMbps: 589824, maxFs: 22080 },
  { idc: 51, maxMbps: 983040, maxFs: 36864 },
  { idc: 52, maxMbps: 2073600, maxFs: 36864 },
  { idc: 60, maxMbps: 4177920, maxFs: 139264 },
  { idc: 61, maxMbps: 8355840, maxFs: 139264 },
  { idc: 62, maxMbps: 16711680, maxFs: 139264 },
];

/**
 * The lowest level_idc (at least 31) that allows pictures of this size (pixels) and rate.
 *
 * @throws TypeError if no level does
 */
export function levelIdc(width: number, height: number, fps: number): number {
  const columns = Math.ceil(width / 16);
  const rows = Math.ceil(height / 16);
  const macroblocks = columns * rows;
  const level = levels.find(
    ({ maxMbps, maxFs }) =>
      macroblocks <= maxFs &&
      macroblocks * fps <= maxMbps &&
      // A.3.1: neither side may exceed sqrt(8 x MaxFS) macroblocks.
      Math.max(columns, rows) <= Math.sqrt(8 * maxFs),
  );
  if (level === undefined) {
    throw new TypeError(
      `No H.264 level allows ${String(width)}x${String(height)} at ${String(fps)} frames a second.`,
    );
  }
  return level.idc;
}

/**
 * The SDP `profile-level-id` of constrained baseline for a picture size and rate (RFC 6184, section 8.1): `42e01f` up to
 * 1280x720 at 30 frames a second.
 *
 * @throws TypeError if no level allows it
 */
export function profileLevelId(width: number, height: number, fps: number): string {
  return `42e0${levelIdc(width, height, fps).toString(16).padStart(2, '0')}`;
}
