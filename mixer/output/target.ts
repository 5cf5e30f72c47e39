import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, lstat, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { asOutputError, OutputError } from './output-error.ts';

/** Said by file systems that have no hard links. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** The name under which an output is to appear, all at once and only when it is whole. */
export class Target {
  /** As the caller named it. */
  readonly name: string;
  /** The file itself, behind any symbolic link. */
  readonly path: string;
  /** Random letters that no other output has: eight hexadecimal digits. */
  readonly tag: string;
  /** Where to write in the meantime: in the same folder, hidden. */
  readonly temporary: string;
  readonly #overwrite: boolean;

  private constructor(name: string, path: string, overwrite: boolean) {
    this.name = name;
    this.path = path;
    this.tag = randomBytes(4).toString('hex');
    // The file's name may be as long as names can be.
    const stem = basename(path).slice(0, 60);
    this.temporary = join(dirname(path), `.${stem}.${this.tag}.part`);
    this.#overwrite = overwrite;
  }

  /**
   * Looks whether there is anything in the way.
   *
   * @throws {@link OutputError} if there is
   */
  static async find(name: string, overwrite: boolean): Promise<Target> {
    try {
      const found = await stat(name).catch(unlessMissing);
      if (found === null) {
        // A symbolic link to nowhere is somebody's too.
        const entry = await lstat(name).catch(unlessMissing);
        if (entry !== null && !overwrite) throw OutputError.exists(name);
        return new Target(name, resolve(name), overwrite);
      }
      if (found.isDirectory()) throw OutputError.unwritable(name, 'there is a folder of that name');
      if (!found.isFile()) throw OutputError.unwritable(name, 'it is not a file but a device');
      if (!overwrite) throw OutputError.exists(name);
      await access(name, constants.W_OK);
      return new Target(name, await realpath(name), overwrite);
    } catch (error) {
      throw asOutputError(error, name);
    }
  }

  /**
   * Gives a finished file, written beside it, the name; its old name may stay. Without `overwrite`, a file that has
   * appeared there in the meantime stays.
   */
  async publish(file: string): Promise<void> {
    if (!this.#overwrite) {
      try {
        // Unlike a rename, a link never replaces anything.
        await link(file, this.path);
        return;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && noLinks.has(String(error.code)))) {
          throw error;
        }
      }
      // Whoever makes the empty file owns the name.
      await writeFile(this.path, '', { flag: 'wx' });
    }
    await rename(file, this.path);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
