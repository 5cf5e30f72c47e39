import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeDataDir } from './test-run.ts';
import { until } from './until.ts';

const launcher = fileURLToPath(new URL('../../bin/onegrid.mjs', import.meta.url));

/** One line of the server's log, the gateway's or a room process's. */
export interface LogLine {
  level: number;
  pid: number;
  msg: string;
  [field: string]: unknown;
}

/** One picture sent to one participant, as logged at level trace. */
export interface SentFrame {
  participant: string;
  tick: number;
  /** Milliseconds of the room's monotonic clock. */
  at: number;
  bytes: number;
}

/** For servers of which every picture sent is looked at: each is a line of the log, which costs more than sending it. */
export const traced = { ONEGRID_LOG_LEVEL: 'trace' } as const;

/** Waits until a starting server says where it is; rejects with what it said if it ends instead. */
export function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /is on (http:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => {
      reject(new Error(`the server ended with ${String(code)}: ${said}`));
    });
  });
}

/** A real server process on a port of its own. */
export class TestServer {
  readonly url: string;
  readonly log: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #isTraced: boolean;

  private constructor(child: ChildProcess, url: string, isTraced: boolean) {
    this.#child = child;
    this.#isTraced = isTraced;
    this.url = url;
  }

  /** Starts one and waits until it listens. */
  static async start(environment: Record<string, string> = {}): Promise<TestServer> {
    const dataDir = makeDataDir();
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      PORT: '0',
      ONEGRID_LOG_LEVEL: 'debug',
      ONEGRID_DATA_DIR: dataDir,
      // Tests stop it with people in it, and let the machine be busy with other things.
      ONEGRID_DRAIN_MS: '0',
      ONEGRID_CPU_BUDGET: '0',
      ONEGRID_GOVERNOR: 'off',
      ...environment,
    };
    const child = spawn(process.execPath, [launcher, 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.once('exit', () => {
      rmSync(dataDir, { recursive: true, force: true });
    });
    const server = new TestServer(
      child,
      await addressOf(child),
      env['ONEGRID_LOG_LEVEL'] === traced.ONEGRID_LOG_LEVEL,
    );
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('{')) server.log.push(JSON.parse(line) as LogLine);
      }
    });
    return server;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** All values of a metric, by their label text. */
  async metric(name: string): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const values = new Map<string, number>();
    for (const line of text.split('\n')) {
      const match = /^([a-z_]+)(\{[^}]*\})? (\S+)$/.exec(line);
      if (match?.[1] === name) values.set(match[2] ?? '', Number(match[3]));
    }
    return values;
  }

  /** The sum over all labels of a metric. */
  async metricSum(name: string): Promise<number> {
    return [...(await this.metric(name)).values()].reduce((sum, value) => sum + value, 0);
  }

  /** Whether a line of the log tells of a picture that was sent; throws where the server does not tell (see `traced`). */
  get isOfPicture(): (line: LogLine) => boolean {
    if (!this.#isTraced) throw new Error('this server does not tell of the pictures it sends');
    return ({ msg }) => msg === 'picture sent';
  }

  /** Pictures sent to a participant, in order; needs `traced`. */
  sentTo(participant: string): SentFrame[] {
    const { isOfPicture } = this;
    return this.log.filter(
      (line) => isOfPicture(line) && line['participant'] === participant,
    ) as unknown as SentFrame[];
  }

  /** Log lines that nobody should have to read. */
  complaints(): LogLine[] {
    return this.log.filter(({ level }) => level >= 50);
  }

  /**
   * The newest line of the log that says this; waits for it, for a log takes another way than what people are told, and may come
   * later.
   */
  async logged(msg: string, fields: Record<string, unknown> = {}): Promise<LogLine> {
    const find = (): LogLine | undefined =>
      this.log.findLast(
        (line) =>
          line.msg === msg && Object.entries(fields).every(([name, value]) => line[name] === value),
      );
    await until(
      () => find() !== undefined,
      () => `the log should say "${msg}" of ${JSON.stringify(fields)}`,
    );
    return find()!;
  }

  /** The process id of a room's newest process, or of the newest of all rooms. */
  async roomPid(room?: string): Promise<number> {
    const started = await this.logged('room process started', room === undefined ? {} : { room });
    return started['roomPid'] as number;
  }

  /** Kills the process of a room's media, and lets it be no complaint that it died. */
  async killRoom(room: string): Promise<void> {
    process.kill(await this.roomPid(room), 'SIGKILL');
    const died = await this.logged('room process died');
    this.log.splice(this.log.indexOf(died), 1);
  }

  /** Stops it as an operator would, and waits. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return this.#child.exitCode;
    const exit = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill(signal);
    return (await exit)[0];
  }
}

/** The longest time between two of these, in milliseconds. */
export const longestGap = (frames: readonly SentFrame[]): number =>
  frames.reduce((longest, { at }, index) => {
    const before = frames[index - 1];
    return before === undefined ? longest : Math.max(longest, at - before.at);
  }, 0);
