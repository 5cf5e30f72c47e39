import { TestServer } from '../../harness/server.ts';
import { cpuSeconds, processTree } from '../lab/process-cpu.ts';
import { profilingEnvironment } from '../profile/environment.ts';

/** CPU that processes used in a window of time, in seconds per second. */
export interface Cores {
  /** Of all processes of the server. */
  readonly server: number;
  /** Of the room process that used most. */
  readonly room: number;
}

/** A server that synthetic participants are sent to. */
export class LabServer {
  readonly #server: TestServer;

  private constructor(server: TestServer) {
    this.#server = server;
  }

  /**
   * Starts a server with the usual settings.
   * @param profiles - where its room processes write V8 profiles; null for none
   * @param settings - that are not as usual
   */
  static async start(
    profiles: string | null,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<LabServer> {
    return new LabServer(
      await TestServer.start({
        ONEGRID_LOG_LEVEL: 'info',
        ...profilingEnvironment(profiles),
        ...settings,
      }),
    );
  }

  /** Where it listens. */
  get url(): string {
    return this.#server.url;
  }

  /** The process of the room that was opened last; throws before there is one. */
  get roomPid(): number {
    const pid = this.#roomPids().at(-1);
    if (pid === undefined) throw new Error('No room has been opened.');
    return pid;
  }

  /** The sum over all labels of a metric. */
  metricSum(name: string): Promise<number> {
    return this.#server.metricSum(name);
  }

  /** All values of a metric by their labels. */
  metric(name: string): Promise<Map<string, number>> {
    return this.#server.metric(name);
  }

  /** What its log complains of. */
  complaints(): string[] {
    return this.#server.complaints().map(({ msg }) => msg);
  }

  /** Begins to measure; what it returns ends it. */
  measureCores(): () => Cores {
    const before = this.#read();
    const started = performance.now();
    return () => {
      const seconds = (performance.now() - started) / 1000;
      const used = [...this.#read()].map(
        ([pid, cpu]) => [pid, (cpu - (before.get(pid) ?? 0)) / seconds] as const,
      );
      // Not the spare, which may just be warming up.
      const rooms = new Set(this.#roomPids());
      const ofRooms = used.flatMap(([pid, cores]) => (rooms.has(pid) ? [cores] : []));
      return {
        server: used.reduce((sum, [, cores]) => sum + cores, 0),
        room: Math.max(0, ...ofRooms),
      };
    };
  }

  /** Stops it. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Of all rooms so far, in order. */
  #roomPids(): number[] {
    return this.#server.log
      .filter(({ msg }) => msg === 'room process started')
      .map((line) => line['roomPid'] as number);
  }

  #read(): Map<number, number> {
    const readings = new Map<number, number>();
    for (const pid of processTree(this.#server.pid)) {
      try {
        readings.set(pid, cpuSeconds(pid));
      } catch {
        // It ended while we looked.
      }
    }
    return readings;
  }
}
