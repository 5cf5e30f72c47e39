import type { Page, WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ClientMessageInput } from '../../mcu/protocol/client.ts';
import type { ServerMessage } from '../../mcu/protocol/server.ts';
import { openHouse } from '../harness/house.ts';
import { until } from '../harness/until.ts';
import { isTold, rememberTold } from './told.ts';

type RecordingMessage = Extract<ServerMessage, { type: 'recording' }>;
type Recording = Extract<ServerMessage, { type: 'joined' }>['room']['recording'];

/** A page in a real room, whose recordings are made up: what the page asks for, and what it is told. */
class Recorded {
  readonly page: Page;
  /** The actions that the page sent. */
  readonly asked: string[] = [];
  #socket: WebSocketRoute | null = null;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Joins a room where that recording is on. */
  static async join(house: House, room: string, recording: Recording = null): Promise<Recorded> {
    const { page } = await house.open(room, 'Ana', { tone: 0 });
    const recorded = new Recorded(page);
    await page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer();
      recorded.#socket = socket;
      socket.onMessage((text) => {
        const message = JSON.parse(String(text)) as ClientMessageInput;
        if (message.type === 'record') recorded.asked.push(message.action);
        else server.send(text);
      });
      server.onMessage((text) => {
        const message = JSON.parse(String(text)) as ServerMessage;
        if (message.type === 'joined') message.room.recording = recording;
        socket.send(JSON.stringify(message));
      });
    });
    await rememberTold(page);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
    return recorded;
  }

  tell(state: RecordingMessage['state'], reason?: string): void {
    const message: RecordingMessage = { type: 'recording', id: 'one', state };
    this.#socket!.send(JSON.stringify(reason === undefined ? message : { ...message, reason }));
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  get sign() {
    return this.page.getByText('Recording', { exact: true });
  }

  /** Waits until a screen reader is told so. */
  hears(sentence: string): Promise<void> {
    return isTold(this.page, sentence);
  }

  /** Whether something lies over the picture or the controls. */
  covers(selector: '.sign' | '.notice'): Promise<boolean> {
    return this.page.evaluate((selector) => {
      const boxes = (selector: string): DOMRect[] =>
        Array.from(document.querySelectorAll(selector), (each) => each.getBoundingClientRect());
      const below = [...boxes('video'), ...boxes('[role="toolbar"] > *')];
      const all = boxes(selector);
      if (all.length === 0) throw new Error(`there is no ${selector}`);
      return below.some((box) =>
        all.some(
          (above) =>
            above.left < box.right &&
            box.left < above.right &&
            above.top < box.bottom &&
            box.top < above.bottom,
        ),
      );
    }, selector);
  }
}

type House = ReturnType<typeof openHouse>;

describe('the button Record', () => {
  const house = openHouse();

  it('starts and stops, keeps the focus, and waits while the server starts or finishes', async () => {
    const ana = await Recorded.join(house, 'record');
    await ana.button('Record').focus();
    await ana.page.keyboard.press('Enter');
    await ana.page.keyboard.press('Enter');
    ana.tell('starting');
    await ana.button('Starting…').waitFor();
    expect(await ana.button('Starting…').getAttribute('aria-disabled')).toBe('true');
    await ana.page.keyboard.press('Enter');
    expect(await ana.sign.count()).toBe(0);
    ana.tell('active');
    await ana.sign.waitFor();
    await ana.hears('This room is being recorded now.');
    await ana.button('Stop recording').waitFor();
    await ana.page.keyboard.press('Enter');
    await until(() => ana.asked.length === 2);
    ana.tell('finishing');
    await ana.button('Finishing…').waitFor();
    await ana.sign.waitFor({ state: 'detached' });
    await ana.hears('The recording has ended.');
    ana.tell('complete', 'stopped');
    await ana.hears('The recording is ready.');
    const link = ana.page.getByRole('link', { name: 'Recordings' });
    expect(await link.getAttribute('href')).toBe('/recordings?room=record');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(
      await ana.button('Record').evaluate((element) => element === document.activeElement),
    ).toBe(true);
    await ana.button('Close this notice').click();
    await link.waitFor({ state: 'detached' });
    // Each press counted once, and none while it was busy.
    expect(ana.asked).toEqual(['start', 'stop']);
  });

  it('says in one sentence how a recording ended by itself', async () => {
    const ana = await Recorded.join(house, 'endings');
    for (const [state, reason, sentence] of [
      ['complete', 'disk-full', 'The recording has ended: the server’s disk is full.'],
      ['complete', 'limit', 'The recording has ended: it is as long as the server allows.'],
      ['interrupted', undefined, 'The recording was cut by a crash. It plays up to there.'],
      ['failed', undefined, 'The recording failed. Nothing of it can be played.'],
    ] as const) {
      ana.tell('active');
      await ana.sign.waitFor();
      expect(await ana.page.getByRole('link', { name: 'Recordings' }).count()).toBe(0);
      ana.tell(state, reason);
      await ana.hears(sentence);
      await ana.button('Record').waitFor();
      expect(await ana.page.getByRole('link', { name: 'Recordings' }).count()).toBe(
        state === 'failed' ? 0 : 1,
      );
    }
  });

  it('tells who comes late, and covers neither faces nor controls, on any screen', async () => {
    const ana = await Recorded.join(house, 'late', { id: 'one', state: 'active' });
    await ana.sign.waitFor();
    await ana.hears('This room is being recorded.');
    for (const [width, height] of [
      [1280, 720],
      [390, 844],
      [844, 390],
      [320, 568],
    ] as const) {
      await ana.page.setViewportSize({ width, height });
      const shows = async (selector: '.sign' | '.notice'): Promise<void> => {
        expect(await ana.covers(selector), `${selector} at ${width}x${height}`).toBe(false);
        const scrolls = await ana.page.evaluate(
          () => document.body.scrollWidth > window.innerWidth,
        );
        expect(scrolls, `${selector} at ${width}x${height}`).toBe(false);
      };
      await shows('.sign');
      ana.tell('complete', 'disk-full');
      await ana.page.getByRole('link', { name: 'Recordings' }).waitFor();
      await shows('.notice');
      ana.tell('active');
      await ana.sign.waitFor();
    }
    await ana.page.emulateMedia({ reducedMotion: 'reduce' });
    const animation = (): Promise<string> =>
      ana.page.locator('.sign .dot').evaluate((dot) => getComputedStyle(dot).animationName);
    expect(await animation()).toBe('none');
    await ana.page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await animation()).not.toBe('none');
  });
});
