// The one door to the ffmpeg command, fluent-ffmpeg and ffmpeg-static. What runs live uses node-av, in process.
export {
  FfmpegBinary,
  FfmpegMissing,
  findFfmpeg,
  findFfprobe,
  type FfmpegSource,
} from './binary.ts';
export { FfmpegFailed, runFfmpeg, type FfmpegProgress, type FfmpegRunOptions } from './run.ts';
