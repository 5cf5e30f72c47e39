import type { Browser } from 'playwright-core';
import { Crowd, type CrowdOptions } from './crowd.ts';
import { launchChromium, Person } from './chromium.ts';
import type { FakeMedia } from './fake-media.ts';
import { TestHost } from './network.ts';
import { type Delay, Relay, relayedPorts } from './relay.ts';
import { TestServer } from './server.ts';
import { sleep, until } from './until.ts';
import { type Wire, wireRates } from './wire.ts';

/** A server, and a browser on a host of its own behind a link that can be made as bad as a test wants it. */
export class Lab {
  readonly server: TestServer;
  readonly host: TestHost;
  readonly browser: Browser;
  readonly #relay: Relay | null;
  readonly #crowds: Crowd[] = [];

  private constructor(server: TestServer, host: TestHost, browser: Browser, relay: Relay | null) {
    this.server = server;
    this.host = host;
    this.browser = browser;
    this.#relay = relay;
  }

  /**
   * Starts all of it, with nothing bad about the link but a delay, where one is wanted.
   * @param settings - of the server, in environment variables
   */
  static async start({
    settings = {},
    delay,
  }: { settings?: Record<string, string>; delay?: Delay } = {}): Promise<Lab> {
    const host = TestHost.create(1);
    const { first, count } = relayedPorts;
    const server = await TestServer.start({
      ...(delay && { ONEGRID_UDP_PORTS: `${first}-${first + count - 1}` }),
      ...settings,
    });
    const relay = delay ? await Relay.start(host, delay) : null;
    const url = `http://${host.serverAddress}:${String(server.port)}`;
    const browser = await launchChromium({
      // What is measured is at its end: it must not be the browser that stands back.
      polite: false,
      host,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
    return new Lab(server, host, browser, relay);
  }

  /** The server as the host reaches it. */
  get url(): string {
    return `http://${this.host.serverAddress}:${String(this.server.port)}`;
  }

  /** Somebody opens the lobby in the browser on the host; `enter` is still to come. */
  open(room: string, name: string, media: FakeMedia): Promise<Person> {
    return Person.open(this.browser, this.url, room, name, media);
  }

  /** Lets synthetic participants with good links join; they stay until the lab stops. Resolves when all are there. */
  async invite(room: string, options: CrowdOptions & { participants: number }): Promise<Crowd> {
    const wanted = (await this.#present()) + options.participants;
    const crowd = new Crowd(this.server.url, { room, ...options });
    this.#crowds.push(crowd);
    await until(async () => (await this.#present()) >= wanted, 30_000);
    return crowd;
  }

  /** What passes the link in so many seconds from now. */
  async rates(seconds: number): Promise<ReturnType<typeof wireRates>> {
    const before: Wire = this.host.wire();
    await sleep(seconds * 1000);
    return wireRates(before, this.host.wire());
  }

  /** How many are in all rooms. */
  #present(): Promise<number> {
    return this.server.metricSum('onegrid_participants');
  }

  /** Ends all of it. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#crowds.map((crowd) => crowd.leave()));
    await this.browser.close();
    await this.server.stop();
    await this.#relay?.stop();
    this.host.remove();
  }
}
