import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A process that the tests started and did not end. */
export interface LeftProcess {
  readonly pid: number;
  /** Its command line, shortened. */
  readonly command: string;
  /** TCP ports it listens on, and UDP ports it has. */
  readonly ports: readonly number[];
}

/**
 * Processes that descend from `ancestor`, or whose environment has `marker` (`NAME=value`): the second finds
 * those whose parent is gone. Vitest's own workers and zombies are not counted. Linux only; [] elsewhere.
 */
export function leftProcesses(ancestor: number, marker: string): LeftProcess[] {
  if (process.platform !== 'linux') return [];
  const parents = new Map<number, number>();
  for (const pid of pids()) {
    const parent = parentOf(pid);
    if (parent !== null) parents.set(pid, parent);
  }
  const left: LeftProcess[] = [];
  for (const pid of parents.keys()) {
    if (pid === ancestor || ancestorsOf(ancestor, parents).has(pid)) continue;
    if (!ancestorsOf(pid, parents).has(ancestor) && !hasEnvironment(pid, marker)) continue;
    const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim();
    if (command === '' || /vitest[\\/]dist[\\/]workers|^node \(vitest/.test(command)) continue;
    left.push({ pid, command: command.slice(0, 160), ports: openPorts(pid) });
  }
  return left;
}

/** TCP ports on which the process `pid` listens, and UDP ports that it has, IPv4 and IPv6. */
export function openPorts(pid: number): number[] {
  const open = new Map<string, number>();
  // proc(5): 0A is a TCP socket that listens, 07 an UDP socket without a peer and 01 one with.
  const tables = { tcp: ['0A'], tcp6: ['0A'], udp: ['07', '01'], udp6: ['07', '01'] };
  for (const [table, states] of Object.entries(tables)) {
    for (const line of read(pid, `net/${table}`).split('\n').slice(1)) {
      // sl, local_address (hex address:port), rem_address, st, …, inode at index 9.
      const fields = line.trim().split(/\s+/);
      const port = fields[1]?.split(':')[1];
      if (states.includes(fields[3] ?? '') && port !== undefined && fields[9] !== undefined) {
        open.set(fields[9], Number.parseInt(port, 16));
      }
    }
  }
  const ports = new Set<number>();
  for (const descriptor of entries(`/proc/${String(pid)}/fd`)) {
    const port = open.get(/^socket:\[(\d+)\]$/.exec(link(pid, descriptor))?.[1] ?? '');
    if (port !== undefined) ports.add(port);
  }
  return [...ports];
}

/** Every file and folder below `folder`, as paths; [] when there is no such folder. */
export function leftFiles(folder: string): string[] {
  return entries(folder).flatMap((name) => [join(folder, name), ...leftFiles(join(folder, name))]);
}

const pids = (): number[] =>
  entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function parentOf(pid: number): number | null {
  // The command in parentheses may hold anything; what follows the last ")" is state, ppid, …
  const status = read(pid, 'stat');
  const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return state === undefined || state === 'Z' || parent === undefined ? null : Number(parent);
}

/** Whether a process runs; one that has ended, and of which nobody has asked how, does not. */
export const isAlive = (pid: number): boolean => parentOf(pid) !== null;

function ancestorsOf(pid: number, parents: ReadonlyMap<number, number>): Set<number> {
  const ancestors = new Set<number>();
  for (let at = parents.get(pid); at !== undefined && !ancestors.has(at); at = parents.get(at)) {
    ancestors.add(at);
  }
  return ancestors;
}

const hasEnvironment = (pid: number, marker: string): boolean =>
  read(pid, 'environ').split('\0').includes(marker);

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function link(pid: number, descriptor: string): string {
  try {
    return readlinkSync(`/proc/${String(pid)}/fd/${descriptor}`);
  } catch {
    return '';
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
