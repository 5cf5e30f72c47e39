import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../log.ts';
import type { Output, OutputAbout } from '../../protocol/outputs.ts';
import type { DeathCause } from '../death.ts';
import type { OutputProcess, StartOutputProcess } from '../output-process.ts';
import { within } from '../within.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import {
  assembleTimeoutMs,
  type FeedPort,
  type Outcome,
  OutputRun,
  type OutputRunOptions,
} from './output-run.ts';
import { removeStaleFolders, Sockets } from './sockets.ts';

type Hooks = Pick<OutputRunOptions, 'about' | 'event' | 'connection' | 'ended'>;

const exitGraceMs = 3000;
/** Enough for a stream to say goodbye. */
const closeGraceMs = 1000;
const closePatienceMs = 3000;

/** Starts the output processes of this server and knows those that are running. */
export class OutputLauncher {
  readonly #settings: Pick<Settings, 'canvas' | 'fps' | 'logLevel'>;
  readonly #log: Logger;
  readonly #start: StartOutputProcess;
  readonly #died: (cause: DeathCause) => void;
  readonly #sockets = new Sockets();
  readonly #metrics: Pick<GatewayMetrics, 'outputBytes' | 'outputProcesses'>;
  readonly #running = new Set<OutputProcess>();
  /** Resident memory of those that have told it. */
  readonly #resident = new Map<OutputProcess, number>();
  /** Those that would go on for minutes. */
  readonly #assembling = new Set<OutputProcess>();
  #closing = false;

  /**
   * @param died - told of each process that ended before its time
   * @param metrics - where processes and bytes are counted
   */
  constructor(
    settings: Pick<Settings, 'canvas' | 'fps' | 'logLevel'>,
    log: Logger,
    start: StartOutputProcess,
    died: (cause: DeathCause) => void,
    metrics: Pick<GatewayMetrics, 'outputBytes' | 'outputProcesses'>,
  ) {
    this.#metrics = metrics;
    this.#settings = settings;
    this.#log = log;
    this.#start = start;
    this.#died = died;
    removeStaleFolders().catch((error: unknown) => {
      log.warn({ err: error }, 'socket folders of before not removed');
    });
  }

  /** Whether the server is about to end: what dies now was killed. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** What its processes take of the memory, in bytes, as they told last. */
  get residentBytes(): number {
    return [...this.#resident.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Starts a process for an output that a room feeds. */
  run(output: Output, feeds: FeedPort, hooks: Hooks): OutputRun {
    const { canvas, fps, logLevel } = this.#settings;
    const process = this.#track(this.#start());
    const { kind } = output;
    const { outputBytes, outputProcesses } = this.#metrics;
    outputProcesses.inc({ kind });
    let counted = 0;
    return new OutputRun({
      ...hooks,
      event: (event) => {
        if (event.type === 'progress') {
          outputBytes.inc({ kind }, Math.max(0, event.bytes - counted));
          counted = Math.max(counted, event.bytes);
          this.#resident.set(process, event.residentBytes ?? 0);
        }
        hooks.event?.(event);
      },
      output,
      process,
      socket: this.#sockets.next(),
      canvas,
      fps,
      logLevel,
      log: this.#log,
      feeds,
      ended: (outcome) => {
        outputProcesses.dec({ kind });
        this.#resident.delete(process);
        this.#ended(process, outcome);
        hooks.ended(outcome);
      },
    });
  }

  /**
   * Has `media.mp4` and `poster.jpg` made of the segments in a recording's folder.
   * @param directory - absolute
   * @param about - what the process's log lines carry
   * @param started - told which process does it
   */
  assemble(
    directory: string,
    about: OutputAbout,
    started: (pid: number) => void,
  ): Promise<Outcome> {
    if (this.#closing)
      return Promise.resolve({ type: 'died', cause: 'exit', why: 'the server ends' });
    const process = this.#track(this.#start());
    this.#assembling.add(process);
    return new Promise((resolve) => {
      let outcome: Outcome | undefined;
      const timer = setTimeout(() => {
        process.kill();
      }, assembleTimeoutMs);
      process.attach({
        event: (event) => {
          if (event.type !== 'finished' && event.type !== 'failed') return;
          outcome ??= event;
          void process.gone(exitGraceMs);
        },
        ended: (death) => {
          clearTimeout(timer);
          this.#assembling.delete(process);
          const how: Outcome = outcome ?? { type: 'died', ...death };
          this.#ended(process, how);
          resolve(how);
        },
      });
      started(process.pid);
      const { logLevel } = this.#settings;
      process.send({ type: 'assemble', directory, logLevel, about });
    });
  }

  /** The server ends at once: what puts files together is killed, the others finish theirs by themselves. */
  abort(): void {
    this.#closing = true;
    for (const process of this.#assembling) process.kill();
    this.#sockets.close();
  }

  /** Waits a moment for what is still running, kills it and removes the sockets. */
  async close(): Promise<void> {
    this.#closing = true;
    const running = [...this.#running];
    // One that waits for a disk that hangs cannot even be killed.
    await within(
      closePatienceMs,
      Promise.all(running.map((process) => process.gone(closeGraceMs))),
    );
    this.#sockets.close();
  }

  #ended(process: OutputProcess, outcome: Outcome): void {
    this.#running.delete(process);
    if (outcome.type === 'died' && !this.#closing) this.#died(outcome.cause);
  }

  #track(process: OutputProcess): OutputProcess {
    this.#running.add(process);
    return process;
  }
}
