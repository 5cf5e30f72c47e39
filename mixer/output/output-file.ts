import { AVIO_FLAG_WRITE } from 'node-av/constants';
import { FFmpegError, IOContext, type FormatContext } from 'node-av/lib';

/** A file as libav knows it, whatever characters are in its name. */
export function urlOf(path: string): string {
  return `file:${path}`;
}

/**
 * Opens a file, whose content is overwritten, for a muxer to write to.
 *
 * @throws FFmpegError with the system's number
 */
export function openOutputFile(muxer: FormatContext, path: string): IOContext {
  const file = new IOContext();
  FFmpegError.throwIfError(file.open2Sync(urlOf(path), AVIO_FLAG_WRITE), 'opening the file');
  muxer.pb = file;
  return file;
}

/**
 * Takes a file from its muxer and closes it; null: there is none.
 *
 * @throws FFmpegError also where any write before has failed
 */
export function closeOutputFile(muxer: FormatContext, file: IOContext | null): void {
  muxer.pb = null;
  if (file !== null) FFmpegError.throwIfError(file.closepSync(), 'closing the file');
}
