import { FFmpegError } from 'node-av/lib';
import { getSystemErrorName } from 'node:util';

/**
 * Why an output cannot be written: `exists`: there is a file of that name, which is not to be overwritten; `unwritable`: the
 * place cannot be written to; `no-space`: the disk is full; `unsupported`: an unknown kind of file, or settings that its encoder refuses.
 */
export type OutputErrorCode = 'exists' | 'unwritable' | 'no-space' | 'unsupported';

/** An output cannot be written, or not to its end; the message is one sentence for people. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly code: OutputErrorCode;
  /** The output as it was named by the caller. */
  readonly path: string;

  constructor(code: OutputErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }

  /** There is a file, and nobody said that it may be overwritten. */
  static exists(path: string, options?: ErrorOptions): OutputError {
    return new OutputError('exists', path, `${path} already exists.`, options);
  }

  /** The place cannot be written to. `reason` is a clause. */
  static unwritable(path: string, reason: string, options?: ErrorOptions): OutputError {
    return new OutputError('unwritable', path, `${path} cannot be written: ${reason}.`, options);
  }

  /** The kind of file or its settings cannot be had. `reason` is a clause. */
  static unsupported(path: string, reason: string, options?: ErrorOptions): OutputError {
    return new OutputError('unsupported', path, `${path} cannot be made: ${reason}.`, options);
  }
}

/** What the operating system says and people understand. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'there is a folder of that name',
  ENOTEMPTY: 'there is a folder of that name',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go round in a circle',
  EFBIG: 'the file is larger than allowed',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'it is in use',
  EIO: 'the disk reports a failure',
  ESTALE: 'the network drive is gone',
  ENODEV: 'the device is gone',
  ENXIO: 'the device is gone',
};

/**
 * Says what a failed file operation, of Node or of libav, means for an output. Anything else, a mistake of ours for
 * instance, is given back as it is.
 */
export function asOutputError(error: unknown, path: string): unknown {
  const name = systemErrorName(error);
  if (name === null) return error;
  if (name === 'ENOSPC' || name === 'EDQUOT') {
    const message = `There is no space left on the disk for ${path}.`;
    return new OutputError('no-space', path, message, { cause: error });
  }
  if (name === 'EEXIST') return OutputError.exists(path, { cause: error });
  const reason = reasons[name];
  return reason === undefined ? error : OutputError.unwritable(path, reason, { cause: error });
}

/** The operating system's name of a failure, such as ENOSPC. */
function systemErrorName(error: unknown): string | null {
  if (error instanceof FFmpegError) {
    // libav negates the system's numbers, as Node does. Its own codes are far from them.
    return error.code > -4096 ? getSystemErrorName(error.code) : null;
  }
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
