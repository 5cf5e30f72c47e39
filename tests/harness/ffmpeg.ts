import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFfmpeg as findThrough, type FfmpegBinary } from '../../mixer/ffmpeg/index.ts';
import { findFfmpeg } from './browsers.ts';

let found: Promise<FfmpegBinary> | undefined;

/** The ffmpeg that tests use, through the product's own door. */
export function testFfmpeg(): Promise<FfmpegBinary> {
  found ??= findThrough({ ...process.env, FFMPEG_PATH: findFfmpeg().ffmpeg });
  return found;
}

const execute = promisify(execFile);

/** What ffmpeg or ffprobe prints, at most 1 GiB; rejects where it fails. ffmpeg asks nothing, and overwrites. */
export async function printed(
  tool: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
): Promise<{ stdout: Buffer; stderr: string }> {
  const first = tool === 'ffmpeg' ? ['-hide_banner', '-nostdin', '-y'] : ['-hide_banner'];
  const { stdout, stderr } = await execute(findFfmpeg()[tool], [...first, ...args], {
    encoding: 'buffer',
    maxBuffer: 2 ** 30,
  });
  return { stdout, stderr: stderr.toString() };
}
