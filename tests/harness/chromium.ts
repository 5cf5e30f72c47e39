import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { ServerMessage } from '../../mcu/protocol/server.ts';
import { findChromium, findHeadlessShell } from './browsers.ts';
import { type FakeMedia, installFakeMedia } from './fake-media.ts';
import { type InboundStream, readInbound } from './inbound.ts';
import { type Outbound, readOutbound } from './outbound.ts';
import { type IceWays, limitIce, rememberPeers } from './peers.ts';
import { measureLipSync, readPixels, readTones, type Rgb } from './probes.ts';
import type { TestHost } from './network.ts';
import { readSelectedPairs, type SelectedPair } from './selected-pairs.ts';
import { patienceMs, until } from './until.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  // Pages of one browser all count as seen: their timers must not be slowed.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/**
 * Pages are painted by the processor, all of a page for each picture of its video, which is most of what a call costs a
 * browser here: a quarter of the size in each direction is a tenth of the work, and pages cannot tell but by devicePixelRatio.
 */
const coarse = 0.25;
/** Browsers in which they are painted as people see them. */
const sharpBrowsers = new WeakSet<Browser>();

/**
 * Starts a real Chromium. The server under test shares its cores with all these browsers, which no
 * real one does, so they stand back for it where the host allows that.
 */
export async function launchChromium({
  polite = true,
  host,
  more = [],
  realScreen = false,
  sharp = false,
  whole = realScreen || sharp || host !== undefined,
  less = [],
}: {
  /** False: at the same priority. */
  polite?: boolean;
  /** A machine of the tests' own to run it on. */
  host?: TestHost;
  /** More flags. */
  more?: string[];
  /** What is shared of a screen is real, and so are devices and questions. */
  realScreen?: boolean;
  /**
   * The browser people have, with windows and all, not the shell that does for most pages: that has no locks of the screen, one
   * answer to all questions, and no origins that are taken for secure.
   */
  whole?: boolean;
  /** Pages are painted as people see them, for pictures of them and for what they cost. */
  sharp?: boolean;
  /** Usual flags to leave out. */
  less?: string[];
} = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: fileURLToPath(new URL('run-chromium.sh', import.meta.url)),
    env: {
      ...(process.env as Record<string, string>),
      TEST_CHROMIUM: whole ? findChromium() : findHeadlessShell(),
      TEST_NICE: polite ? '10' : '0',
      ...(host && { TEST_NAMESPACE: host.namespace }),
    },
    args: [
      ...flags.filter(
        (flag) => !less.includes(flag) && !(realScreen && flag.startsWith('--use-fake')),
      ),
      ...(realScreen || sharp ? [] : [`--force-device-scale-factor=${String(coarse)}`]),
      ...more,
    ],
    headless: true,
    // Muted by playwright, a browser has no sound to share.
    ...(realScreen && { ignoreDefaultArgs: ['--mute-audio'] }),
  });
  if (sharp) sharpBrowsers.add(browser);
  return browser;
}

type Layout = Extract<ServerMessage, { type: 'layout' }>;
type Tile = Layout['tiles'][number];

/** A participant in a real browser page, using the real client. */
export class Person {
  readonly page: Page;
  readonly name: string;
  /** Every signalling message the page got. */
  readonly received: ServerMessage[] = [];
  /** When each of these came, in milliseconds of Unix time. */
  readonly receivedAt: number[] = [];
  readonly #context: BrowserContext;

  /** What the page has written to the console as an error, or thrown. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page, name: string) {
    this.#context = context;
    this.page = page;
    this.name = name;
  }

  /** Opens a room's lobby, types the name, and presses Join. */
  static async join(...where: Parameters<typeof Person.open>): Promise<Person> {
    const person = await Person.open(...where);
    await person.enter();
    return person;
  }

  /** Opens a room's lobby and types the name. */
  static async open(
    browser: Browser,
    url: string,
    room: string,
    name: string,
    media: FakeMedia,
    ways?: IceWays,
  ): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: sharpBrowsers.has(browser) ? 1 : coarse,
    });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const person = new Person(context, page, name);
    page.on('console', (message) => {
      if (message.type() === 'error') person.complaints.push(message.text());
    });
    page.on('pageerror', (error) => person.complaints.push(String(error)));
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        person.receivedAt.push(Date.now());
        person.received.push(JSON.parse(String(payload)) as ServerMessage);
      });
    });
    await page.addInitScript(rememberPeers);
    if (ways !== undefined) await page.addInitScript(limitIce, ways);
    await page.addInitScript(installFakeMedia, media);
    await person.#load(`${url}/r/${room}`);
    await page.getByRole('textbox', { name: 'Your name' }).fill(name);
    return person;
  }

  /** Loads the page; where that fails the error says what it still waits for. */
  async #load(url: string): Promise<void> {
    const awaited = new Set<string>();
    this.page.on('request', (request) => awaited.add(request.url()));
    this.page.on('requestfinished', (request) => awaited.delete(request.url()));
    this.page.on('requestfailed', (request) => awaited.delete(request.url()));
    await this.page.goto(url).catch((error: unknown) => {
      throw new Error(`${this.name} still waits for: ${[...awaited].join(', ')}`, { cause: error });
    });
  }

  /** Presses Join, and waits until the server has let this person in. */
  async enter(): Promise<void> {
    await this.press('Join');
    await until(
      () => this.last('joined') !== undefined,
      () => `${this.name} has not joined; got ${this.received.map(({ type }) => type).join(', ')}`,
    );
  }

  /** The newest message of a type. */
  last<Type extends ServerMessage['type']>(
    type: Type,
  ): Extract<ServerMessage, { type: Type }> | undefined {
    return this.received.findLast(
      (message): message is Extract<ServerMessage, { type: Type }> => message.type === type,
    );
  }

  /** The participant's id; throws before `joined`. */
  get id(): string {
    const joined = this.last('joined');
    if (joined === undefined) throw new Error(`${this.name} has not joined`);
    return joined.participantId;
  }

  /** Where a participant's tile is, by the newest layout; undefined if there is none. */
  tileOf(id: string): Tile | undefined {
    return this.last('layout')?.tiles.find(({ participantId }) => participantId === id);
  }

  /** Of the canvas that the layout speaks of. */
  get #canvasWidth(): number {
    return this.last('layout')?.canvas.width ?? 1280;
  }

  /** The colour in the middle of a participant's tile as this person's browser shows it. */
  async colourOf(id: string): Promise<Rgb | null> {
    return (await this.coloursIn(id, [[0.5, 0.5]]))?.[0] ?? null;
  }

  /**
   * Mean colours in a participant's tile, wherever the newest layout has it: with every join and leave it may be elsewhere.
   *
   * @param places - how far from its left and its upper edge, as fractions of its width and height
   */
  async coloursIn(id: string, places: readonly [number, number][]): Promise<Rgb[] | null> {
    const tile = this.tileOf(id);
    if (tile === undefined) return null;
    return this.pixels(
      places.map(([right, down]) => ({
        x: Math.round(tile.x + right * tile.width),
        y: Math.round(tile.y + down * tile.height),
      })),
    );
  }

  /** Mean colours around points of the composite; null before the first picture. */
  pixels(points: { x: number; y: number }[]): Promise<Rgb[] | null> {
    return this.page.evaluate(readPixels, { points, canvasWidth: this.#canvasWidth });
  }

  /** What this person's browser has sent so far; null before it sends video. */
  outbound(): Promise<Outbound | null> {
    return this.page.evaluate(readOutbound);
  }

  /** What the browser's statistics say of what it receives now. */
  streams(): ReturnType<typeof readInbound> {
    return this.page.evaluate(readInbound);
  }

  /** The same of the picture and the sound; waits until there are both. */
  async inbound(): Promise<{ video: InboundStream; audio: InboundStream }> {
    let found: Awaited<ReturnType<typeof readInbound>> = {};
    await until(
      async () => {
        found = await this.streams();
        return found.video !== undefined && found.audio !== undefined;
      },
      () => `${this.name} receives ${Object.keys(found).join() || 'nothing'}`,
    );
    return { video: found.video!, audio: found.audio! };
  }

  /** Chooses the best quality to receive, as people do. */
  async chooses(name: string): Promise<void> {
    await this.press('Quality');
    await this.page.getByRole('combobox', { name: 'Quality' }).selectOption({ label: name });
    await this.page.keyboard.press('Escape');
  }

  /** Levels in dB of tones in what this person hears. */
  hears(tones: number[]): Promise<number[]> {
    return this.page.evaluate(readTones, tones);
  }

  /**
   * How far a flash in somebody's tile and the beep made with it are apart, milliseconds; positive: sound
   * is late. One's own are measured as they leave one's camera and microphone.
   */
  lipSync(id: string, seconds: number): Promise<number[]> {
    const { x, y, width, height } = this.tileOf(id)!;
    const tile = id === this.id ? null : { x: x + (width >> 1), y: y + (height >> 2) };
    return this.page.evaluate(measureLipSync, {
      ...{ tile, rounds: seconds },
      canvasWidth: this.#canvasWidth,
    });
  }

  /** The candidate pairs in use; waits until there is one for each direction. */
  async selectedPairs(): Promise<{ uplink: SelectedPair; downlink: SelectedPair }> {
    const isReady = (
      pairs: Awaited<ReturnType<typeof readSelectedPairs>>,
    ): pairs is { uplink: SelectedPair; downlink: SelectedPair } =>
      pairs.uplink !== null && pairs.downlink !== null;
    let pairs = await this.page.evaluate(readSelectedPairs);
    await until(
      async () => {
        pairs = await this.page.evaluate(readSelectedPairs);
        return isReady(pairs);
      },
      () => `${this.name} is connected by ${JSON.stringify(pairs)}`,
    );
    if (!isReady(pairs)) throw new Error('not connected');
    return pairs;
  }

  /** Waits until this person's browser shows that colour in the middle of that tile. */
  async sees(id: string, colour: Rgb, timeoutMs = patienceMs): Promise<void> {
    await until(
      async () => {
        const seen = await this.colourOf(id);
        return seen !== null && isNear(seen, colour);
      },
      async () =>
        `${this.name} should see ${String(colour)}, sees ${String(await this.colourOf(id))}`,
      timeoutMs,
    );
  }

  /** Presses a button of the page by its exact name. */
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Leaves by closing the page. */
  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** Whether two colours are the same after 4:2:0, limited range and compression. */
export const isNear = (a: Rgb, b: Rgb, tolerance = 40): boolean =>
  a.every((value, channel) => Math.abs(value - b[channel]!) <= tolerance);
