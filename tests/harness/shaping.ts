import { execFileSync } from 'node:child_process';

/** Rates of a link, in kbit/s of IP packets and their Ethernet headers; null: as fast as can be. */
export interface Rates {
  readonly down: number | null;
  readonly up: number | null;
}

/**
 * What a bucket gives at once, in bytes: two packets of full size, the least with which tbf passes a packet while the next
 * one waits. More would let a burst through that a slow line does not.
 */
const burstBytes = 3028;
/**
 * So long a queue of a full link takes, in milliseconds: a fair middle of what is found before slow lines, long enough that
 * a sender who sees delay can react, too short for one that fills it.
 */
const queueMs = 300;

/**
 * Limits what leaves by a device from now on, live: a queue that is there stays. tc-tbf(8).
 * @param where - arguments of `tc` before the command
 * @param kbps - null for no limit
 */
export function limitLink(where: readonly string[], device: string, kbps: number | null): void {
  const tc = (...args: string[]): void => {
    execFileSync('tc', [...where, 'qdisc', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  };
  if (kbps === null) {
    tc('replace', 'dev', device, 'root', 'handle', '2:', 'pfifo');
    return;
  }
  const limit = Math.round(burstBytes + (kbps * queueMs) / 8);
  tc(
    ...['replace', 'dev', device, 'root', 'handle', '1:', 'tbf'],
    ...['rate', `${String(kbps)}kbit`, 'burst', String(burstBytes), 'limit', String(limit)],
  );
}
