import { mkdir, writeFile } from 'node:fs/promises';
import type { CanvasMatrix } from '../compositor/index.ts';
import { frameRateOf } from './frame-rate.ts';
import { AtomicOutput, discard, type MediaOutput } from './media-output.ts';
import { asOutputError, OutputError } from './output-error.ts';
import { outputKindOf } from './output-kind.ts';
import { PictureMaker } from './picture-maker.ts';
import { StreamMaker } from './stream-maker.ts';
import { Target } from './target.ts';

/** What an output is opened with. */
export interface OutputOptions {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Pictures a second; 29.97 means 30000/1001. */
  readonly fps: number;
  /** Of the video, in bits a second. */
  readonly bitrate: number;
  /** How the pictures were turned into YUV; what the file says about them. */
  readonly matrix: CanvasMatrix;
  /** Whether a file of that name may be replaced. */
  readonly overwrite: boolean;
  /** One of x264's, for measurements; `superfast` when omitted. See video-codec.ts for what else it is set to. */
  readonly preset?: string;
  /** Ends the output: the next call, or one that is waiting for {@link MediaOutput.finish}, rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a file to be written: .mp4 and .mkv (H.264 and AAC), .webm (VP9 and Opus), .m3u8 (HLS: H.264 and AAC in segments of
 * four seconds beside the playlist), .wav (16 bits, mono, 48 kHz), .png (one picture). Until it is finished it has a hidden name
 * in the same folder.
 *
 * @param path - Of the file; the extension says what it becomes.
 * @returns What takes pictures and sound; finish or abandon it.
 * @throws {@link OutputError} if there is such a file already, the place cannot be written to, the disk is full, or the kind or the
 * settings are not supported
 */
export async function openOutput(path: string, options: OutputOptions): Promise<MediaOutput> {
  const kind = outputKindOf(path);
  if (kind === null) {
    const known = '.mp4, .mkv, .webm, .m3u8, .wav or .png';
    throw OutputError.unsupported(path, `its name does not end in ${known}`);
  }
  const { matrix, signal, overwrite, fps, preset, ...size } = options;
  signal?.throwIfAborted();
  const target = await Target.find(path, overwrite);
  try {
    if (kind === 'm3u8') await mkdir(target.temporary);
    else await writeFile(target.temporary, '', { flag: 'wx' });
    const maker =
      kind === 'png'
        ? new PictureMaker(target.temporary, matrix)
        : await StreamMaker.open(kind, target, {
            ...size,
            matrix,
            preset,
            frameRate: frameRateOf(fps),
          });
    return new AtomicOutput(target, maker, signal);
  } catch (error) {
    await discard(target);
    throw asOutputError(error, path);
  }
}
