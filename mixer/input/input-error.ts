import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';

/**
 * What is wrong with an input: there is nothing at its path, it may not or cannot be read, or what is read is nothing that
 * can be decoded.
 */
export type InputErrorCode = 'not-found' | 'unreadable' | 'not-media';

/** An input that cannot be used; `message` is one sentence that names the file. */
export class InputError extends Error {
  readonly code: InputErrorCode;
  /** As it was given. */
  readonly path: string;

  constructor(code: InputErrorCode, path: string, problem: string, cause?: unknown) {
    super(`The input "${path}" ${problem}.`, { cause });
    this.name = 'InputError';
    this.code = code;
    this.path = path;
  }
}

/**
 * Checks that there is something to be read at a path, of whatever content.
 *
 * @throws InputError
 */
export async function assertReadableFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new InputError('unreadable', path, 'is a directory, not a file');
    }
    if (!found.isFile()) throw new InputError('unreadable', path, 'is not a regular file');
    await access(path, constants.R_OK);
    if (found.size === 0) throw new InputError('not-media', path, 'is empty');
  } catch (error) {
    throw error instanceof InputError ? error : inputErrorOf(path, error);
  }
}

/** What the operating system's refusal means for an input. */
export function inputErrorOf(path: string, error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError('not-found', path, 'does not exist', error);
    case 'EACCES':
    case 'EPERM':
      return new InputError('unreadable', path, 'may not be read: permission denied', error);
    default:
      return new InputError('unreadable', path, `cannot be read (${String(code)})`, error);
  }
}
