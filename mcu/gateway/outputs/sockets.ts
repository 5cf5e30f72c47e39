import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux, the final 0 included. */
const maxPathBytes = 100;

/**
 * Addresses where output processes listen for the room process: Unix sockets in a folder that nobody else may enter, on
 * Windows named pipes that nobody can guess.
 */
export class Sockets {
  #folder: string | undefined;
  #next = 0;

  /** A new address. */
  next(): string {
    this.#next += 1;
    if (process.platform === 'win32') {
      return `\\\\.\\pipe\\onegrid-${randomBytes(16).toString('hex')}`;
    }
    // mkdtemp gives it the mode 0700.
    this.#folder ??= mkdtempSync(join(shortFolder(), 'onegrid-'));
    return join(this.#folder, String(this.#next));
  }

  /** Removes the folder with all that is in it. */
  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}

function shortFolder(): string {
  const folder = tmpdir();
  const longest = join(folder, 'onegrid-abcdef', '1234567890');
  return Buffer.byteLength(longest) > maxPathBytes ? '/tmp' : folder;
}
