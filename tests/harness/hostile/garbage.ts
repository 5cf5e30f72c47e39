import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('garbage.mjs', import.meta.url));

/** A UDP socket, as one of this machine reaches it. */
export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

/** The UDP sockets of a process (proc(5): address in hex, its bytes turned round; inode at index 9). Linux only. */
export function udpSockets(pid: number): UdpAddress[] {
  const folder = `/proc/${String(pid)}`;
  const inodes = new Set(
    readdirSync(`${folder}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['udp', 'udp6'].flatMap((table) =>
    readFileSync(`${folder}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const fields = line.trim().split(/\s+/);
        const [address = '', port = ''] = fields[1]?.split(':') ?? [];
        if (!inodes.has(fields[9] ?? '')) return [];
        if (/^0+$/.test(address))
          return [{ address: '127.0.0.1', port: Number.parseInt(port, 16) }];
        if (table === 'udp6') return [];
        const octets = address.match(/../g)!.reverse();
        const dotted = octets.map((octet) => Number.parseInt(octet, 16)).join('.');
        return [{ address: dotted, port: Number.parseInt(port, 16) }];
      }),
  );
}

/** Sends garbage to sockets from another process. @returns how many packets went out, and in how many seconds */
export async function throwGarbage(
  targets: readonly UdpAddress[],
  perSecond: number,
  seconds: number,
): Promise<{ sent: number; seconds: number }> {
  const args = [script, JSON.stringify(targets), String(perSecond), String(seconds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout)) as { sent: number; seconds: number };
}
