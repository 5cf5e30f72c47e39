import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterEach } from 'vitest';

/** Small disks in memory, gone after each test. */
export interface Disks {
  /** Why there can be none; null where there can. With CI=true they are expected. */
  readonly missing: string | null;
  /** Mounts an empty disk in a new folder. */
  mount(folder: string, bytes: number): void;
  /** Makes a disk read-only. */
  seal(folder: string): void;
  /** Ends a disk; also done after the test. */
  unmount(folder: string): void;
}

const run = (command: string, ...args: string[]) => execFileSync(command, args);

/** Small disks for the tests of a file. */
export function useDisks(): Disks {
  const mounted = new Set<string>();
  const unmount = (folder: string) => {
    run('umount', folder);
    mounted.delete(folder);
  };
  afterEach(() => {
    for (const folder of mounted) unmount(folder);
  });
  const missing = whyNot();
  if (missing !== null && process.env['CI'] === 'true') throw new Error(missing);
  return {
    missing,
    unmount,
    mount: (folder, bytes) => {
      mkdirSync(folder, { recursive: true });
      run('mount', '-t', 'tmpfs', '-o', `size=${String(bytes)}`, 'tmpfs', folder);
      mounted.add(folder);
    },
    seal: (folder) => {
      run('mount', '-o', 'remount,ro', folder);
    },
  };
}

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'Small disks are made with tmpfs, which is of Linux.';
  if (process.getuid?.() !== 0) return 'Only root may mount a small disk.';
  try {
    run('unshare', '--mount', 'true');
    return null;
  } catch {
    return 'This container may not mount a small disk.';
  }
}
