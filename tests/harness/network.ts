import { execFileSync } from 'node:child_process';
import { findTool } from './find-tools.mjs';

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
};

/**
 * Why a network of our own cannot be made here, or null if it can: it needs root and iproute2. On CI
 * that is a failure, not a reason to skip.
 */
export function whyNoNetwork(): string | null {
  const why =
    process.platform !== 'linux'
      ? 'network namespaces need Linux'
      : process.getuid?.() !== 0
        ? 'network namespaces need root'
        : findTool('ip') === null
          ? 'network namespaces need iproute2'
          : null;
  if (why !== null && process.env['CI'] === 'true') throw new Error(`On CI ${why}.`);
  return why;
}

/**
 * A host of the tests' own: a network namespace behind a veth pair. The server stays outside and is
 * reached at {@link serverAddress}; 198.18.0.0/15 is set aside for such tests (RFC 2544).
 */
export class TestHost {
  readonly serverAddress: string;
  /** The network namespace's name. */
  readonly namespace: string;
  /** The name its network device has on it. */
  readonly device: string;
  readonly #link: string;

  private constructor(namespace: string, link: string, device: string, serverAddress: string) {
    this.namespace = namespace;
    this.device = device;
    this.#link = link;
    this.serverAddress = serverAddress;
  }

  /** Makes one; `number` from 0 to 63 tells it from the others of this run. */
  static create(number: number): TestHost {
    const suffix = `${String(process.pid % 100_000)}-${String(number)}`;
    const namespace = `onegrid-${suffix}`;
    const link = `og${suffix}`;
    const inside = `ogi${suffix}`;
    const subnet = `198.18.${String(process.pid % 200)}.`;
    const serverAddress = `${subnet}${String(number * 4 + 1)}`;
    ip('netns', 'add', namespace);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', inside, 'netns', namespace);
    ip('addr', 'add', `${serverAddress}/30`, 'dev', link);
    ip('link', 'set', link, 'up');
    ip('-n', namespace, 'addr', 'add', `${subnet}${String(number * 4 + 2)}/30`, 'dev', inside);
    ip('-n', namespace, 'link', 'set', inside, 'up');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return new TestHost(namespace, link, inside, serverAddress);
  }

  /** Pulls the cable. */
  cut(): void {
    ip('link', 'set', this.#link, 'down');
  }

  /** Takes the host away; what runs on it must have ended. */
  remove(): void {
    ip('link', 'delete', this.#link);
    ip('netns', 'delete', this.namespace);
  }
}
