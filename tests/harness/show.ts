import { Crowd } from './crowd.ts';
import { TestServer } from './server.ts';
import { sleep, until } from './until.ts';

/** The room of every {@link Show}. */
export const room = 'show';

/** Two synthetic people in a room of a server of its own. */
export class Show {
  readonly server: TestServer;
  readonly #crowd: Crowd;

  private constructor(server: TestServer, crowd: Crowd) {
    this.server = server;
    this.#crowd = crowd;
  }

  /** @param settings - of the server */
  static async begin(settings: Record<string, string>): Promise<Show> {
    const server = await TestServer.start({ ONEGRID_LOG_LEVEL: 'info', ...settings });
    const crowd = new Crowd(server.url, { room, participants: 2, speakers: 1 });
    await until(async () => (await server.metricSum('onegrid_participants')) === 2);
    return new Show(server, crowd);
  }

  /** Composites made within a time, from one report of the room to another: metrics in between are half a second old. */
  async composites(milliseconds: number): Promise<number> {
    const before = await this.#report();
    await sleep(milliseconds);
    const after = await this.#report();
    return ((after.made - before.made) * milliseconds) / (after.atMs - before.atMs);
  }

  /** Waits for the next report of how many were made. */
  async #report(): Promise<{ made: number; atMs: number }> {
    const made = (): Promise<number> => this.server.metricSum('onegrid_frames_composited_total');
    const old = await made();
    let now = old;
    await until(async () => {
      now = await made();
      return now > old;
    });
    return { made: now, atMs: performance.now() };
  }

  /** All leave and the server stops. */
  async end(): Promise<void> {
    await this.#crowd.leave();
    await this.server.stop();
  }
}
