import { randomBytes } from 'node:crypto';
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf, isRunning, processIdentitySchema } from './process-identity.ts';

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux, the final 0 included. */
const maxPathBytes = 100;

const folderPrefix = 'onegrid-';
/** In each folder: whose it is. */
const ownerName = 'owner';
/** Numbers of processes mean something in their own namespace only: containers may share the folder for temporary files. */
const ownerSchema = processIdentitySchema.extend({ namespace: z.string().nullable() });

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
    this.#folder ??= makeFolder();
    return join(this.#folder, String(this.#next));
  }

  /** Removes the folder with all that is in it. */
  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}

/**
 * Removes the folders of gateways that were killed: this user's, with an owner that is known to run no more.
 * @param parent - where they are
 */
export async function removeStaleFolders(parent: string = shortFolder()): Promise<void> {
  if (process.platform === 'win32') return;
  const namespace = pidNamespace();
  for (const name of await readdir(parent)) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = join(parent, name);
    try {
      const stats = await lstat(folder);
      if (!stats.isDirectory() || stats.uid !== process.getuid?.()) continue;
      const owner = ownerSchema.parse(JSON.parse(await readFile(join(folder, ownerName), 'utf8')));
      if (owner.namespace !== namespace || isRunning(owner)) continue;
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Not one of these folders, or not to be removed.
    }
  }
}

function makeFolder(): string {
  // mkdtemp gives it the mode 0700.
  const folder = mkdtempSync(join(shortFolder(), folderPrefix));
  const owner = { ...identityOf(process.pid), namespace: pidNamespace() };
  try {
    writeFileSync(join(folder, ownerName), JSON.stringify(owner));
  } catch {
    // Then it stays where this process is killed.
  }
  return folder;
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function shortFolder(): string {
  const folder = tmpdir();
  const longest = join(folder, `${folderPrefix}abcdef`, '1234567890');
  return Buffer.byteLength(longest) > maxPathBytes ? '/tmp' : folder;
}
