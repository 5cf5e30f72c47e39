import type { Browser } from 'playwright-core';
import { Cable } from './cable.ts';
import { isNear, launchChromium, Person } from './chromium.ts';
import { freePort } from './free-port.ts';
import { TestHost } from './network.ts';
import type { Rgb } from './probes.ts';
import { TestServer } from './server.ts';
import { sleep, until } from './until.ts';

/** What takes somebody out of a call. */
export const faults = ['gateway', 'room', 'websocket', 'network', 'page'] as const;
export type Fault = (typeof faults)[number];

/** How somebody came back from a {@link Fault}. */
export interface Return {
  /** From the end of the cause until they see a picture that moves, with themselves in it, and the page complains of nothing. */
  readonly backMs: number;
  /** Whether they are the participant they were. */
  readonly isSame: boolean;
  /** Whether the server still knew them. */
  readonly wasKnown: boolean;
  /** Whether it is the page they had, which was never loaded anew. */
  readonly isSamePage: boolean;
  /** Whether it still has, once, what was written before. */
  readonly hasChat: boolean;
}

const red: Rgb = [200, 30, 30];
/** Of the server: whoever is slow to come back is still known. */
const settings = { ONEGRID_RESUME_MS: '600000' };
const written = 'Before anything went wrong';

/** Somebody in a call, on a host of their own, who is taken out of it time and again. Nobody touches the page. */
export class Returns {
  readonly #host: TestHost;
  readonly #port: string;
  readonly #cable: Cable;
  #server: TestServer;
  readonly #browser: Browser;
  readonly #alice: Person;
  readonly #renderers: readonly number[];

  private constructor(
    host: TestHost,
    port: string,
    cable: Cable,
    server: TestServer,
    browser: Browser,
    alice: Person,
    renderers: readonly number[],
  ) {
    this.#host = host;
    this.#port = port;
    this.#cable = cable;
    this.#server = server;
    this.#browser = browser;
    this.#alice = alice;
    this.#renderers = renderers;
  }

  /** A server, and Alice in a room of it. */
  static async start(): Promise<Returns> {
    const host = TestHost.create(5);
    const port = String(await freePort());
    const server = await TestServer.start({ PORT: port, ...settings });
    const cable = await Cable.to(server.port, host.serverAddress);
    const { url } = cable;
    const browser = await launchChromium({
      host,
      polite: false,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
    const media = { colour: `rgb(${red.join(',')})`, tone: 440, fps: 10 };
    const alice = await Person.join(browser, url, 'returns', 'Alice', media);
    await alice.sees(alice.id, red);
    await alice.page.evaluate(() => Object.assign(window, { isTheSame: true }));
    await alice.press('Chat');
    await alice.page.getByRole('textbox', { name: 'Write a message' }).fill(written);
    await alice.page.keyboard.press('Enter');
    await until(() => alice.last('chat') !== undefined);
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    return new Returns(host, port, cable, server, browser, alice, renderers);
  }

  /** Takes Alice out of the call, ends what did it, and waits until she is back. */
  async strike(fault: Fault): Promise<Return> {
    const { id } = this.#alice;
    const heard = this.#alice.received.length;
    const wasKnown = await this.#happen(fault);
    const started = performance.now();
    const awaited = { gateway: 'joined', room: 'reset', websocket: 'joined' } as const;
    const answer = fault in awaited ? awaited[fault as keyof typeof awaited] : null;
    await until(
      async () => {
        const news = this.#alice.received.slice(heard);
        if (answer !== null && !news.some(({ type }) => type === answer)) return false;
        return await this.#isThere();
      },
      () => `Alice should be back from: ${fault}`,
    );
    const backMs = performance.now() - started;
    const { page } = this.#alice;
    const messages = page.getByRole('log', { name: 'Messages' });
    return {
      backMs,
      isSame: this.#alice.id === id,
      wasKnown,
      isSamePage: await page.evaluate(() => 'isTheSame' in window),
      hasChat: (await messages.getByText(written, { exact: true }).count()) === 1,
    };
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#cable.close();
    await this.#server.stop();
    this.#host.remove();
  }

  /** Resolves when it is over, with whether the server still knows Alice. */
  async #happen(fault: Fault): Promise<boolean> {
    switch (fault) {
      case 'gateway':
        await this.#server.stop('SIGKILL');
        await sleep(1000);
        this.#server = await TestServer.start({ PORT: this.#port, ...settings });
        return false;
      case 'room':
        await this.#server.killRoom('returns');
        return true;
      case 'websocket':
        this.#cable.isPulled = true;
        this.#cable.cut();
        await until(() => this.#says('reconnecting'));
        await sleep(2000);
        this.#cable.isPulled = false;
        return true;
      case 'network':
        this.#host.cut();
        await sleep(10_000);
        this.#host.mend();
        return true;
      case 'page':
        for (const pid of this.#renderers) process.kill(pid, 'SIGSTOP');
        await sleep(5000);
        for (const pid of this.#renderers) process.kill(pid, 'SIGCONT');
        return true;
      default:
        return fault satisfies never;
    }
  }

  #says(text: string): Promise<boolean> {
    return this.#alice.page.getByText(text, { exact: false }).first().isVisible();
  }

  async #isThere(): Promise<boolean> {
    if (await this.#says('reconnecting')) return false;
    const colour = await this.#alice.colourOf(this.#alice.id);
    if (colour === null || !isNear(colour, red)) return false;
    const before = (await this.#alice.streams()).video;
    await sleep(200);
    const after = (await this.#alice.streams()).video;
    return (
      before !== undefined &&
      after?.ssrc === before.ssrc &&
      after.framesDecoded > before.framesDecoded
    );
  }
}
