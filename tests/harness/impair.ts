import { execFileSync } from 'node:child_process';
import { findTool } from './find-tools.mjs';
import { type TestHost, whyNoNetwork } from './network.ts';

/** Why no host's network can be made worse here, or null if it can. On CI that is a failure. */
export function whyNoImpairment(): string | null {
  const why = whyNoNetwork() ?? (findTool('nft') === null ? 'loss needs nftables' : null);
  if (why !== null && process.env['CI'] === 'true') throw new Error(`On CI ${why}.`);
  return why;
}

const run = (host: TestHost, ...command: string[]): void => {
  execFileSync('ip', ['netns', 'exec', host.namespace, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

/**
 * Drops so many percent of the UDP packets that come to a host, at random; 0: none. At its input: a drop at the
 * sender's output is an error to the sender (nft(8)).
 */
export function loseInput(host: TestHost, percent: number): void {
  run(host, 'nft', 'add table inet loss; delete table inet loss; add table inet loss');
  if (percent === 0) return;
  run(host, 'nft', 'add chain inet loss input { type filter hook input priority 0; }');
  run(
    host,
    ...['nft', 'add rule inet loss input meta l4proto udp'],
    `numgen random mod 1000 < ${String(Math.round(percent * 10))} drop`,
  );
}

/** Lets a host send so many kilobits a second at most, behind a queue of `queueMs`; null: as many as it likes. */
export function limitOutput(host: TestHost, kbps: number | null, queueMs = 200): void {
  const device = host.device;
  try {
    run(host, 'tc', 'qdisc', 'delete', 'dev', device, 'root');
  } catch {
    // There was none.
  }
  if (kbps === null) return;
  run(
    host,
    ...['tc', 'qdisc', 'add', 'dev', device, 'root', 'tbf', 'rate', `${String(kbps)}kbit`],
    ...['burst', '2000', 'latency', `${String(queueMs)}ms`],
  );
}

/** Bytes and packets of everything that left and came to a host, all headers but Ethernet's taken off. */
export function wireCounts(
  host: TestHost,
): Record<'up' | 'down', { bytes: number; packets: number }> {
  const text = execFileSync('ip', ['-n', host.namespace, '-s', '-j', 'link', 'show', host.device]);
  const [link] = JSON.parse(text.toString()) as {
    stats64: Record<'rx' | 'tx', { bytes: number; packets: number }>;
  }[];
  const { rx, tx } = link!.stats64;
  const bare = ({ bytes, packets }: typeof rx) => ({ bytes: bytes - 14 * packets, packets });
  return { up: bare(tx), down: bare(rx) };
}
