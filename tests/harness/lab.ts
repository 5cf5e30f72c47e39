import type { Browser } from 'playwright-core';
import { Crowd, type CrowdOptions } from './crowd.ts';
import { launchChromium, Person } from './chromium.ts';
import type { FakeMedia } from './fake-media.ts';
import { TestHost } from './network.ts';
import { type Delay, Relay, relayedPorts } from './relay.ts';
import { TestServer } from './server.ts';
import { sleep, until } from './until.ts';
import { type Wire, wireRates } from './wire.ts';

/** What a {@link Lab} is to be like. */
export interface LabOptions {
  /** Of the server, in environment variables. */
  readonly settings?: Record<string, string>;
  /** Of the browser. */
  readonly flags?: readonly string[];
  /** Of all UDP between the host and the server. */
  readonly delay?: Delay;
}

function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('The lab has not started.');
  return thing;
}

/** A server, and a browser on a host of its own behind a link that can be made as bad as a test wants it. */
export class Lab {
  readonly host: TestHost;
  readonly #crowds: Crowd[] = [];
  #relay: Relay | undefined;
  #server: TestServer | undefined;
  #browser: Browser | undefined;

  private constructor(host: TestHost) {
    this.host = host;
  }

  /** Starts all of it, with nothing bad about the link but a delay, where one is wanted. */
  static async start(options: LabOptions = {}): Promise<Lab> {
    const lab = new Lab(TestHost.create(1));
    try {
      await lab.#start(options);
      return lab;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  async #start({ settings = {}, flags = [], delay }: LabOptions): Promise<void> {
    const { first, count } = relayedPorts;
    this.#server = await TestServer.start({
      ...(delay && { ONEGRID_UDP_PORTS: `${first}-${first + count - 1}` }),
      ...settings,
    });
    if (delay) this.#relay = await Relay.start(this.host, delay);
    this.#browser = await launchChromium({
      // What is measured is at its end: it must not be the browser that stands back.
      polite: false,
      host: this.host,
      more: [`--unsafely-treat-insecure-origin-as-secure=${this.url}`, ...flags],
    });
  }

  /** The server; throws when it is not there. */
  get server(): TestServer {
    return there(this.#server);
  }

  /** The browser on the host; throws when it is not there. */
  get browser(): Browser {
    return there(this.#browser);
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
    await until(async () => (await this.#present()) >= wanted);
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

  /** Lets all synthetic participants leave. */
  async dismiss(): Promise<void> {
    await Promise.allSettled(this.#crowds.splice(0).map((crowd) => crowd.leave()));
  }

  /** Ends all of it. */
  async stop(): Promise<void> {
    await this.dismiss();
    await this.#browser?.close();
    await this.#relay?.stop();
    await this.#server?.stop();
    this.host.remove();
  }
}
