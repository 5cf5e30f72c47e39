import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('raw-peer.mjs', import.meta.url));

interface Ready {
  readonly ready: true;
  readonly joinMs: number;
  readonly uplink: number[];
  readonly downlink: number[];
}

/** A participant with native connections of its own, that sends whatever packets it is given, encrypted as it should be. */
export class RawPeer {
  /** SSRCs of what it sends, and of what it gets. */
  readonly uplinkSsrcs: readonly number[];
  readonly downlinkSsrcs: readonly number[];
  /** From opening its socket to media both ways. */
  readonly joinMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { joinMs, uplink, downlink }: Ready) {
    this.#child = child;
    this.joinMs = joinMs;
    this.uplinkSsrcs = uplink;
    this.downlinkSsrcs = downlink;
  }

  /** Joins and connects both ways. */
  static async join(url: string, room: string): Promise<RawPeer> {
    const child = fork(script, [url, room]);
    const first = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
      Ready | number | null,
    ];
    if (typeof first[0] !== 'object' || first[0] === null)
      throw new Error('The peer did not connect.');
    return new RawPeer(child, first[0]);
  }

  /** @returns how many of the packets were encrypted and went out */
  async send(packets: {
    uplink?: readonly Buffer[];
    downlink?: readonly Buffer[];
  }): Promise<number> {
    const text = (list: readonly Buffer[] = []): string[] =>
      list.map((each) => each.toString('base64'));
    const answer = once(this.#child, 'message') as Promise<[{ sent: number }]>;
    this.#child.send({ uplink: text(packets.uplink), downlink: text(packets.downlink) });
    return (await answer)[0].sent;
  }

  async leave(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}
