import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from './leftovers.ts';

/** Names of network namespaces that `TestHost` makes: the process that did stands in them. */
const namespaceName = /^onegrid-(\d+)-\d+$/;

/** Network namespaces of tests whose process is gone. */
export function leftNamespaces(): string[] {
  if (process.platform !== 'linux') return [];
  let listed: string;
  try {
    listed = execFileSync('ip', ['netns', 'list'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // No `ip`, no namespaces.
    return [];
  }
  return listed
    .split('\n')
    .map((line) => line.split(' ', 1).join(''))
    .filter((name) => {
      const maker = namespaceName.exec(name)?.[1];
      return maker !== undefined && !isAlive(Number(maker));
    });
}

/** Named shared memory that no process has mapped or open. */
export function leftSharedMemory(folder = '/dev/shm'): string[] {
  if (process.platform !== 'linux') return [];
  const names = entries(folder);
  if (names.length === 0) return [];
  const maps = entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => textOf(`/proc/${pid}/maps`));
  return names
    .map((name) => `${folder}/${name}`)
    .filter((path) => !maps.some((text) => text.includes(path)));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
