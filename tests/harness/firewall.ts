import { execFileSync } from 'node:child_process';
import { findTool } from './find-tools.mjs';
import { type TestHost, whyNoNetwork } from './network.ts';

/** Why there is no firewall for a {@link TestHost} here, or null if there is. */
export function whyNoFirewall(): string | null {
  const why = whyNoNetwork() ?? (findTool('nft') === null ? 'a firewall needs nftables' : null);
  if (why !== null && process.env['CI'] === 'true') throw new Error(`On CI ${why}.`);
  return why;
}

/** Sets the host's rules, in place of those before; '' for none. */
export function setRules(host: TestHost, rules: string): void {
  const input = `flush ruleset\n${rules === '' ? '' : `table ip test {\n${rules}\n}\n`}`;
  execFileSync('ip', ['netns', 'exec', host.namespace, 'nft', '-f', '-'], {
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Every UDP packet to the host is lost. */
export const noUdp = 'chain in { type filter hook input priority 0; meta l4proto udp drop; }';
