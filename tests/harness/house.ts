import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium, Person } from './chromium.ts';
import { SignallingClient } from './client.ts';
import { Crowd, type CrowdOptions } from './crowd.ts';
import type { FakeMedia } from './fake-media.ts';
import { TestServer } from './server.ts';
import { until } from './until.ts';

/** A server and a browser that the tests of a suite share. */
export interface House {
  /** There while tests run. */
  readonly server: TestServer;
  readonly browser: Browser;
  /** Lets somebody into a room by the browser; they leave with the end of the test. */
  join(room: string, name: string, media: FakeMedia): Promise<Person>;
  /** Opens a room's lobby for somebody, who leaves with the end of the test. */
  open(room: string, name: string, media: FakeMedia): Promise<Person>;
  /** Lets somebody without media into a room; they leave with the end of the test. */
  attend(room: string, name: string): Promise<SignallingClient>;
  /** Lets synthetic participants in; they leave with the end of the test. */
  crowd(options: CrowdOptions): void;
}

/**
 * Starts a server and a browser for the suite it is called in. After each test everybody leaves, all rooms must be gone, and
 * the server must not have complained.
 * @param settings - of the server
 * @param browserOptions - of the browser; where it does not stand back for the server, what it manages is measured
 */
export function openHouse(
  settings: Record<string, string> = {},
  browserOptions: Parameters<typeof launchChromium>[0] = {},
): House {
  let server: TestServer;
  let browser: Browser;
  const people: { close(): Promise<unknown> }[] = [];
  const welcome = <One extends { close(): Promise<unknown> }>(one: One): One => {
    people.push(one);
    return one;
  };
  beforeAll(async () => {
    [server, browser] = await Promise.all([
      TestServer.start(settings),
      launchChromium(browserOptions),
    ]);
  });
  afterEach(async () => {
    // One after the other, pages ahead of those who make them hear much: a browser that still gets messages resets its socket
    // and cannot say goodbye.
    for (const each of people.splice(0).reverse()) await each.close();
    await until(
      async () => (await server.metricSum('onegrid_rooms')) === 0,
      () => JSON.stringify(server.log.filter(({ msg }) => msg.startsWith('participant')).slice(-5)),
    );
    // A gauge counts what a room has until its process has ended, too.
    for (const gauge of ['onegrid_video_encoders', 'onegrid_audio_encoders']) {
      await until(async () => (await server.metricSum(gauge)) === 0);
    }
    expect(server.complaints()).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    async join(...who) {
      const person = await this.open(...who);
      await person.enter();
      return person;
    },
    open: async (room, name, media) =>
      welcome(await Person.open(browser, server.url, room, name, media)),
    crowd: (options) => {
      const crowd = new Crowd(server.url, options);
      welcome({ close: () => crowd.leave() });
    },
    attend: async (room, name) => welcome(await SignallingClient.join(server.url, room, name)),
  };
}
