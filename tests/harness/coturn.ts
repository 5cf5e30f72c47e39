import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { findTool } from './find-tools.mjs';
import { until } from './until.ts';

/** Why there is no coturn to test with, or null if there is. On CI that is a failure, not a reason to skip. */
export function whyNoCoturn(): string | null {
  if (findTool('coturn') !== null) return null;
  if (process.env['CI'] === 'true') throw new Error('On CI coturn is not installed.');
  return 'coturn is not installed';
}

/** The secret the tests' TURN servers share with the server under test. */
export const turnSecret = 'north-by-northwest';

/** A real TURN server (coturn), for credentials minted with {@link turnSecret}. */
export class TestTurnServer {
  /** `turn:` URLs, UDP first. */
  readonly urls: readonly [string, string];
  /** What it has written. */
  log = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, urls: readonly [string, string]) {
    this.#child = child;
    this.urls = urls;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
  }

  /**
   * Starts one and waits until it can be reached.
   * @param address - of this machine, and not a loopback one: coturn relays to none of these
   * @param port - UDP and TCP; the 100 ports after it are for relaying
   */
  static async start(address: string, port: number): Promise<TestTurnServer> {
    const child = spawn(
      findTool('coturn')!,
      [
        // No file of settings, nothing kept on disk.
        ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--log-file=stdout', '--pidfile=/dev/null'],
        ...['--userdb=:memory:', '--realm=test.example.org', '--fingerprint', '--verbose'],
        ...['--use-auth-secret', `--static-auth-secret=${turnSecret}`],
        ...[
          `--listening-ip=${address}`,
          `--relay-ip=${address}`,
          `--listening-port=${String(port)}`,
        ],
        ...[`--min-port=${String(port + 1)}`, `--max-port=${String(port + 100)}`],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const url = `turn:${address}:${String(port)}?transport=`;
    const server = new TestTurnServer(child, [`${url}udp`, `${url}tcp`]);
    await until(
      () => isOpen(address, port),
      () => `coturn cannot be reached; it said: ${server.log.slice(-2000)}`,
    );
    return server;
  }

  /** Stops it, and waits. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill();
    await exit;
  }
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', settle(true)).once('error', settle(false));
  });
}
