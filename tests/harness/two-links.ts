import { execFileSync } from 'node:child_process';
import type { TestHost } from './network.ts';

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
};

/**
 * A second link for a {@link TestHost}, down at first, and an address of the server that either leads to: a laptop that
 * goes from one network to another.
 */
export class SecondLink {
  /** Where the server is reached over either link. */
  readonly serverAddress: string;
  readonly #host: TestHost;
  readonly #link: string;
  readonly #inside: string;
  readonly #first: string;
  readonly #near: string;

  /** @param number - from 0 to 63, another one than the host's */
  constructor(host: TestHost, number: number) {
    const suffix = `${String(process.pid % 100_000)}-${String(number)}`;
    const [byte, subnet] = [String(host.byte), number * 4];
    const inside = `ogi${suffix}`;
    this.#host = host;
    this.#link = `og${suffix}`;
    this.serverAddress = `198.19.${byte}.${String(number)}`;
    const near = `198.18.${byte}.${String(subnet + 1)}`;
    const far = `198.18.${byte}.${String(subnet + 2)}`;
    ip('link', 'add', this.#link, 'type', 'veth', 'peer', 'name', inside, 'netns', host.namespace);
    ip('addr', 'add', `${near}/30`, 'dev', this.#link);
    ip('addr', 'add', `${this.serverAddress}/32`, 'dev', this.#link);
    ip('link', 'set', this.#link, 'up');
    ip('-n', host.namespace, 'addr', 'add', `${far}/30`, 'dev', inside);
    this.#inside = inside;
    this.#near = near;
    const first = execFileSync('ip', ['-n', host.namespace, '-br', 'link'], { encoding: 'utf8' });
    this.#first = /^(ogi[^@\s]+)@.* UP /m.exec(first)?.[1] ?? '';
    this.#route(host.serverAddress);
  }

  /** Takes it away. */
  remove(): void {
    ip('link', 'delete', this.#link);
  }

  /** Pulls the cable of the first link at the host, and plugs in this one. */
  switchOver(): void {
    const { namespace } = this.#host;
    ip('-n', namespace, 'link', 'set', this.#first, 'down');
    ip('-n', namespace, 'link', 'set', this.#inside, 'up');
    this.#route(this.#near);
  }

  #route(gateway: string): void {
    const route = ['route', 'add', `${this.serverAddress}/32`, 'via', gateway];
    ip('-n', this.#host.namespace, ...route);
  }
}
