import { execFileSync } from 'node:child_process';
import { findTool, type Tool } from './find-tools.mjs';
import { limitLink, type Rates } from './shaping.ts';
import { readWire, type Wire, wireTable } from './wire.ts';

const run = (program: string, args: readonly string[], input?: string): string =>
  execFileSync(program, args, { input, stdio: ['pipe', 'pipe', 'pipe'], encoding: 'utf8' });

const ip = (...args: string[]): string => run('ip', args);

/** A third byte of 198.18.0.0 that nobody has: another run may, or may have left it behind when it was killed, and packets go there. */
function freeByte(): number {
  const taken = ip('-br', '-4', 'addr');
  const bytes = Array.from({ length: 200 }, (_, index) => (process.pid + index) % 200);
  const free = bytes.find((byte) => !taken.includes(` 198.18.${String(byte)}.`));
  if (free === undefined) throw new Error('All networks for tests are taken.');
  return free;
}

/**
 * Why a network of our own cannot be made here, or null if it can: it needs root and iproute2. On CI
 * that is a failure, not a reason to skip.
 * @param tools - What else it is to do: `tc` to limit rates, `nft` to lose packets and to count them.
 */
export function whyNoNetwork(tools: readonly Tool[] = []): string | null {
  const missing = (['ip', ...tools] as const).find((tool) => findTool(tool) === null);
  const why =
    process.platform !== 'linux'
      ? 'network namespaces need Linux'
      : process.getuid?.() !== 0
        ? 'network namespaces need root'
        : missing === undefined
          ? null
          : `the network needs ${missing === 'nft' ? 'nftables' : 'iproute2'}`;
  if (why !== null && process.env['CI'] === 'true') throw new Error(`On CI ${why}.`);
  return why;
}

/** What is lost of each direction, in percent of the packets. */
export interface Losses {
  readonly down: number;
  readonly up: number;
}

/**
 * A host of the tests' own: a network namespace behind a veth pair. The server stays outside and is
 * reached at {@link serverAddress}; 198.18.0.0/15 is set aside for such tests (RFC 2544). `down` is towards the host.
 */
export class TestHost {
  readonly serverAddress: string;
  /** The network namespace's name. */
  readonly namespace: string;
  /** The link's end outside. */
  readonly link: string;
  /** The link's end in the namespace. */
  readonly #inside: string;
  /** The third byte of addresses; see {@link freeByte}. */
  readonly byte: number;
  /** Name of the nftables table outside. */
  readonly #table: string;
  #counts = false;

  private constructor(suffix: string, byte: number, serverAddress: string) {
    this.byte = byte;
    this.namespace = `onegrid-${suffix}`;
    this.link = `og${suffix}`;
    this.#inside = `ogi${suffix}`;
    this.#table = `onegrid_${suffix.replace('-', '_')}`;
    this.serverAddress = serverAddress;
  }

  /** Makes one; `number` from 0 to 63 tells it from the others of this run. */
  static create(number: number): TestHost {
    const suffix = `${String(process.pid % 100_000)}-${String(number)}`;
    const byte = freeByte();
    const subnet = `198.18.${String(byte)}.`;
    const serverAddress = `${subnet}${String(number * 4 + 1)}`;
    const host = new TestHost(suffix, byte, serverAddress);
    const { namespace, link } = host;
    const inside = host.#inside;
    ip('netns', 'add', namespace);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', inside, 'netns', namespace);
    // Packets as they would be on a wire: no bundles of TCP segments.
    ip('link', 'set', 'dev', link, 'gso_max_segs', '1');
    ip('-n', namespace, 'link', 'set', 'dev', inside, 'gso_max_segs', '1');
    ip('addr', 'add', `${serverAddress}/30`, 'dev', link);
    ip('link', 'set', link, 'up');
    ip('-n', namespace, 'addr', 'add', `${subnet}${String(number * 4 + 2)}/30`, 'dev', inside);
    ip('-n', namespace, 'link', 'set', inside, 'up');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return host;
  }

  /** The name its network device has on it. */
  get device(): string {
    return this.#inside;
  }

  /** The host's own address. */
  get address(): string {
    return this.serverAddress.replace(/\d+$/, (last) => String(Number(last) + 1));
  }

  /** Pulls the cable. */
  cut(): void {
    ip('link', 'set', this.link, 'down');
  }

  /** Puts the link together again. */
  mend(): void {
    ip('link', 'set', this.link, 'up');
  }

  /** Limits the rates of the link from now on; null: no longer. See {@link limitLink}. */
  limit(rates: Rates | null): void {
    limitLink([], this.link, rates?.down ?? null);
    limitLink(['-n', this.namespace], this.#inside, rates?.up ?? null);
  }

  /**
   * Loses that many packets from now on, of whatever kind, at random, each by itself. They are dropped where the receiver's
   * system takes them in: dropped on the way out, the sender would be told.
   */
  lose({ down, up }: Losses): void {
    const drop = (device: string, percent: number): string =>
      percent === 0
        ? ''
        : `iifname "${device}" numgen random mod 1000 < ${Math.round(percent * 10)} drop`;
    this.#filter(true, 'lose', 'type filter hook input priority 0;', drop(this.#inside, down));
    this.#filter(false, 'lose', 'type filter hook input priority 0;', drop(this.link, up));
  }

  /** What has passed the link so far, from the first call on by kinds as well; see {@link Wire}. */
  wire(): Wire {
    if (!this.#counts) {
      this.nft(true, wireTable(this.#inside));
      this.#counts = true;
    }
    return readWire(this.link, this.nft(true, undefined, ['-j', 'list', 'counters']));
  }

  /** Runs a script of nftables, or a command, in the namespace or outside; gives what it prints. */
  nft(within: boolean, script: string | undefined, command = ['-f', '-']): string {
    const [program, args] = within
      ? (['ip', ['netns', 'exec', this.namespace, 'nft']] as const)
      : (['nft', []] as const);
    return run(program, [...args, ...command], script);
  }

  /** Rules of one chain outside the namespace or within it, in place of those it had. */
  #filter(within: boolean, chain: string, head: string, rules: string): void {
    const table = `inet ${this.#table}`;
    this.nft(
      within,
      [
        `add table ${table}`,
        `add chain ${table} ${chain} { ${head} }`,
        `flush chain ${table} ${chain}`,
        ...(rules === '' ? [] : [`add rule ${table} ${chain} ${rules}`]),
        '',
      ].join('\n'),
    );
  }

  /** Takes the host away; what runs on it must have ended. */
  remove(): void {
    if (findTool('nft') !== null) {
      this.nft(false, `add table inet ${this.#table}\ndelete table inet ${this.#table}\n`);
    }
    ip('link', 'delete', this.link);
    ip('netns', 'delete', this.namespace);
  }
}
