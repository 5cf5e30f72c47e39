export type { AccessUnit, VideoCodec } from './access-unit.ts';
export { openOpusEncoder, type OpusFrameMs } from './opus-encoder.ts';
export { profileLevelId } from './profile-level-id.ts';
export { Rung, type RungEncoder } from './rung.ts';
export {
  type RungName,
  rungPlan,
  type RungPlan,
  rungSound,
  type VideoRungName,
} from './rung-table.ts';
export { VideoEncoder } from './video-encoder.ts';
