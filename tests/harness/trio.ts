import type { Browser } from 'playwright-core';
import { Person } from './chromium.ts';
import { type Rgb } from './probes.ts';
import { patienceMs, until } from './until.ts';

const voices: readonly { name: string; colour: Rgb; tone: number }[] = [
  { name: 'Alice', colour: [200, 30, 30], tone: 440 },
  { name: 'Bob', colour: [30, 170, 60], tone: 750 },
  { name: 'Carol', colour: [40, 60, 210], tone: 1170 },
];

/**
 * Runs in the page: waits until all colours are to be seen and something is to be heard, by other streams than before.
 * @returns when, in milliseconds of Unix time; null: not in time
 */
async function seeAndHear({
  points,
  colours,
  canvasWidth,
  before,
  patience,
}: {
  points: readonly { x: number; y: number }[];
  colours: readonly Rgb[];
  canvasWidth: number;
  before: readonly number[];
  patience: number;
}): Promise<number | null> {
  const { testPeers } = window as unknown as { testPeers: RTCPeerConnection[] };
  const small = document.createElement('canvas');
  small.width = 320;
  small.height = 180;
  const g = small.getContext('2d', { willReadFrequently: true })!;
  const sees = (): boolean => {
    const video = document.querySelector('video');
    if (video === null || video.videoWidth === 0) return false;
    g.drawImage(video, 0, 0, small.width, small.height);
    const scale = small.width / canvasWidth;
    const seen = points.map(({ x, y }) => g.getImageData(x * scale, y * scale, 1, 1).data);
    return colours.every((colour) =>
      seen.some((pixel) => colour.every((value, at) => Math.abs(value - pixel[at]!) <= 40)),
    );
  };
  const flows = async (): Promise<boolean> => {
    const found = { video: false, audio: false };
    for (const peer of testPeers) {
      if (peer.connectionState === 'closed') continue;
      for (const entry of (await peer.getStats()).values()) {
        const stats = entry as Record<'type' | 'kind', string> &
          Record<'ssrc' | 'framesDecoded' | 'audioLevel', number>;
        if (stats.type !== 'inbound-rtp' || before.includes(stats.ssrc)) continue;
        found.video ||= stats.kind === 'video' && stats.framesDecoded > 0;
        found.audio ||= stats.kind === 'audio' && stats.audioLevel > 0.003;
      }
    }
    return found.video && found.audio;
  };
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if ((await flows()) && sees()) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return null;
}

/** Three people in one room, each in a page of a real browser with a colour and a tone; nobody touches the pages. */
export class Trio {
  readonly people: readonly Person[];

  private constructor(people: readonly Person[]) {
    this.people = people;
  }

  /** Lets them in; resolves when all see and hear each other. */
  static async join(browser: Browser, url: string, room: string): Promise<Trio> {
    const people: Person[] = [];
    for (const { name, colour, tone } of voices) {
      const media = { colour: `rgb(${colour.join(',')})`, tone, fps: 10 };
      people.push(await Person.join(browser, url, room, name, media));
    }
    await until(() =>
      people.every((person) => person.last('layout')?.tiles.length === voices.length),
    );
    const trio = new Trio(people);
    await trio.#allSeeAndHear(people.map(() => []));
    return trio;
  }

  /**
   * Something happens to all of them.
   * @param strike - lets it happen
   * @returns milliseconds from when it began until all saw and heard each other again, by new connections
   */
  async survive(strike: () => Promise<void> | void): Promise<number> {
    const before = await Promise.all(
      this.people.map(async (person) => {
        const { video, audio } = await person.streams();
        return [video?.ssrc ?? 0, audio?.ssrc ?? 0];
      }),
    );
    const struckMs = Date.now();
    const [times] = await Promise.all([this.#allSeeAndHear(before), strike()]);
    return Math.max(...times) - struckMs;
  }

  /** Whether each of them hears the tones of both others. */
  async hearEachOther(): Promise<boolean> {
    const tones = voices.map(({ tone }) => tone);
    const heard = await Promise.all(this.people.map((person) => person.hears(tones)));
    return heard.every((levels, self) =>
      levels.every((level, other) => other === self || level > -60),
    );
  }

  /** They leave by closing their pages. */
  async close(): Promise<void> {
    for (const person of [...this.people].reverse()) await person.close();
  }

  async #allSeeAndHear(before: readonly (readonly number[])[]): Promise<number[]> {
    return Promise.all(
      this.people.map(async (person, index) => {
        const { tiles, canvas } = person.last('layout')!;
        const at = await person.page.evaluate(seeAndHear, {
          points: tiles.map(({ x, y, width, height }) => ({
            x: x + (width >> 1),
            y: y + (height >> 1),
          })),
          colours: voices.map(({ colour }) => colour),
          canvasWidth: canvas.width,
          before: before[index]!,
          patience: 2 * patienceMs,
        });
        if (at !== null) return at;
        const colours = await Promise.all(
          tiles.map(({ participantId }) => person.colourOf(participantId)),
        );
        const heard = JSON.stringify(await person.streams());
        throw new Error(
          `${person.name} does not see and hear all: ${JSON.stringify(colours)}, ${heard}`,
        );
      }),
    );
  }
}
