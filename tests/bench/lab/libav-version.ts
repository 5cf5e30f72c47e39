import { getFFmpegInfo } from 'node-av/lib';

/** The version of FFmpeg that node-av is made of. */
export const work = (): Promise<string> => Promise.resolve(getFFmpegInfo().version);
