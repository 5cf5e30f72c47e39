export type { AccessUnit, VideoCodec } from './access-unit.ts';
export { openOpusEncoder } from './opus-encoder.ts';
export { profileLevelId } from './profile-level-id.ts';
export { Rung } from './rung.ts';
export { VideoEncoder } from './video-encoder.ts';
