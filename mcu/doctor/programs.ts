import {
  type FfmpegBinary,
  FfmpegMissing,
  findFfmpeg,
  findFfprobe,
} from '../../mixer/ffmpeg/index.ts';
import { type Finding, missing, ok, warning } from './finding.ts';

/** What restreams need of an ffmpeg: container and protocol. */
const targets = [
  { name: 'RTMP', muxer: 'flv', protocol: 'rtmp' },
  { name: 'RTMPS', muxer: 'flv', protocol: 'rtmps' },
  { name: 'SRT', muxer: 'mpegts', protocol: 'srt' },
  { name: 'HLS', muxer: 'hls', protocol: 'file' },
] as const;

/** The ffmpeg command: restreams go through it. Calls, recordings and HLS do not. */
export async function checkPrograms(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  let ffmpeg: FfmpegBinary;
  try {
    ffmpeg = await findFfmpeg(environment);
  } catch (error) {
    if (!(error instanceof FfmpegMissing)) throw error;
    if (environment['FFMPEG_PATH']) {
      return [missing('ffmpeg', 'not where FFMPEG_PATH says', error.message)];
    }
    const advice = 'Install ffmpeg to stream by RTMP and SRT; all else works without it.';
    return [warning('ffmpeg', 'none', advice)];
  }
  return [
    ok('ffmpeg', `${ffmpeg.version} (${ffmpeg.path}, by ${ffmpeg.source})`),
    await streams(ffmpeg),
    await ffprobe(ffmpeg, environment),
  ];
}

async function streams(ffmpeg: FfmpegBinary): Promise<Finding> {
  const has = await Promise.all(
    targets.map(
      async ({ muxer, protocol }) =>
        (await ffmpeg.hasMuxer(muxer)) && (await ffmpeg.hasProtocol(protocol)),
    ),
  );
  const names = (wanted: boolean): string =>
    targets
      .filter((_, index) => has[index] === wanted)
      .map(({ name }) => name)
      .join(', ');
  if (has.every(Boolean)) return ok('streaming', names(true));
  return warning(
    'streaming',
    `${names(true) || 'nothing'}; not ${names(false)}`,
    `Install an ffmpeg that has ${names(false)}, or name one by FFMPEG_PATH, to stream by it.`,
  );
}

async function ffprobe(ffmpeg: FfmpegBinary, environment: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const path = await findFfprobe(ffmpeg, environment);
    // The tests use it; the server does not.
    return ok('ffprobe', path ?? 'none; only the tests would use it');
  } catch (error) {
    if (!(error instanceof FfmpegMissing)) throw error;
    return missing('ffprobe', 'not where FFPROBE_PATH says', error.message);
  }
}
