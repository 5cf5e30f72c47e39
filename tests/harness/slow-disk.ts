import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (command: string, ...args: string[]): Buffer =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** A disk in a file, that can be made to hang: what is written to it then waits, as on one that does not answer. */
export class SlowDisk {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #place: string;
  #isFrozen = false;

  private constructor(place: string) {
    this.#place = place;
    this.folder = join(place, 'disk');
  }

  /** Makes one; null where this machine does not let us. */
  static make(megabytes: number): SlowDisk | null {
    const disk = new SlowDisk(mkdtempSync(join(tmpdir(), 'slow-disk-')));
    try {
      const image = join(disk.#place, 'image');
      writeFileSync(image, '');
      run('truncate', '-s', `${String(megabytes)}M`, image);
      run('mkfs.ext4', '-q', image);
      mkdirSync(disk.folder);
      run('mount', '-o', 'loop', image, disk.folder);
      return disk;
    } catch {
      rmSync(disk.#place, { recursive: true, force: true });
      return null;
    }
  }

  /** From now on writes wait. */
  freeze(): void {
    run('fsfreeze', '--freeze', this.folder);
    this.#isFrozen = true;
  }

  /** Lets them through. */
  thaw(): void {
    if (this.#isFrozen) run('fsfreeze', '--unfreeze', this.folder);
    this.#isFrozen = false;
  }

  /** Removes it; nothing on it may be in use. */
  remove(): void {
    this.thaw();
    run('umount', this.folder);
    rmSync(this.#place, { recursive: true, force: true });
  }
}
