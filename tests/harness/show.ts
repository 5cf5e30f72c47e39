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

  /** Composites made within a time, to half a second: metrics are that old at most. */
  async composites(milliseconds: number): Promise<number> {
    const before = await this.server.metricSum('onegrid_frames_composited_total');
    await sleep(milliseconds);
    return (await this.server.metricSum('onegrid_frames_composited_total')) - before;
  }

  /** All leave and the server stops. */
  async end(): Promise<void> {
    await this.#crowd.leave();
    await this.server.stop();
  }
}
