import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import { launchChromium, Person } from '../harness/chromium.ts';
import { FakeRecordingsApi, recordingOf } from '../harness/recordings-api.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const docsImages = fileURLToPath(new URL('../../docs/images', import.meta.url));
/** The repository is not a gallery. */
const maxBytes = 150_000;

const screens = [
  { name: 'laptop', width: 1152, height: 720, touch: false },
  { name: 'phone', width: 390, height: 844, touch: true },
] as const;
const schemes = ['light', 'dark'] as const;

/** Takes a view on every screen, in light and dark. */
type Shoot = (page: Page, view: string, prepare?: () => Promise<void>) => Promise<void>;

/**
 * Makes the pictures of each main view that the documentation shows, on a laptop and an upright phone, light and dark.
 * Throws when one is larger than 150 kB.
 * @param folder - where they go
 */
export async function main(folder = docsImages): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const touches = new Map<Page, Promise<CDPSession>>();
  const touch = async (page: Page, enabled: boolean): Promise<void> => {
    const session = touches.get(page) ?? page.context().newCDPSession(page);
    touches.set(page, session);
    await (await session).send('Emulation.setTouchEmulationEnabled', { enabled });
  };
  const shoot: Shoot = async (page, view, prepare) => {
    for (const { name, width, height, touch: isTouched } of screens) {
      await page.setViewportSize({ width, height });
      await touch(page, isTouched);
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await prepare?.();
        await sleep(700);
        const path = join(folder, `${view}-${name}-${colorScheme}.png`);
        await page.screenshot({ path });
        const { size } = statSync(path);
        console.log(`${path} ${Math.ceil(size / 1000)} kB`);
        if (size > maxBytes) throw new Error(`${path} is larger than ${maxBytes} bytes.`);
      }
    }
  };

  const server = await TestServer.start({ ONEGRID_RUNGS: 'high' });
  const browser = await launchChromium({ sharp: true });
  const posters = mkdtempSync(join(tmpdir(), 'onegrid-posters-'));
  try {
    const look = { portrait: true, width: 640, height: 360, fps: 10 };
    const room = 'Monday';
    const bjorn = { ...look, colour: '#7a9a6a', tone: 'speech' } as const;
    const first = await Person.join(browser, server.url, room, 'Bjørn Ødegård', bjorn);
    const second = await Person.join(browser, server.url, room, 'Carmen Díaz', { tone: 0 });
    const mine = { ...look, colour: '#5b6fa8', tone: 0 } as const;
    const alice = await Person.open(browser, server.url, room, 'Alice Archer', mine);
    await shoot(alice.page, 'lobby');
    await alice.enter();
    await until(() => alice.last('layout')?.tiles.length === 3);
    await sleep(1500);
    await shoot(alice.page, 'room');
    await shootOpen(alice, shoot, 'layout', 'Layout');
    await shootOpen(alice, shoot, 'settings', 'Settings');
    await shootRemoval(alice, shoot, 'Carmen Díaz');
    for (const [person, text] of [
      [first, 'Good morning! For today: https://example.org'],
      [second, 'My camera is broken, sorry.'],
      [alice, 'We hear you well.'],
    ] as const) {
      await write(person, text);
    }
    await shoot(alice.page, 'chat');
    const poster = join(posters, 'poster.jpg');
    await alice.page.setViewportSize(screens[0]);
    await sleep(500);
    writeFileSync(poster, await alice.page.locator('video').first().screenshot({ type: 'jpeg' }));
    await shootRecordings(alice.page, server.url, poster, shoot);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(posters, { recursive: true, force: true });
  }
}

/** The question whether somebody is to be removed, and the list of people where it is asked. */
async function shootRemoval(alice: Person, shoot: Shoot, name: string): Promise<void> {
  const { page } = alice;
  await alice.press(`Mute or remove ${name}`);
  const people = page.getByRole('complementary', { name: 'People' });
  await people.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
  await shoot(page, 'remove');
  await page.keyboard.press('Escape');
}

/** Writes in the chat, which is opened for it and stays so. */
async function write(person: Person, text: string): Promise<void> {
  const box = person.page.getByRole('textbox', { name: 'Write a message' });
  if (!(await box.isVisible())) await person.press('Chat');
  await box.fill(text);
  await box.press('Enter');
  await person.page.getByRole('log', { name: 'Messages' }).getByText(text).waitFor();
}

/** A view of the room that a button of its opens, and Escape closes. */
async function shootOpen(
  { page }: Person,
  shoot: Shoot,
  view: string,
  button: string,
): Promise<void> {
  await shoot(page, view, async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: button, exact: true }).click();
  });
  await page.keyboard.press('Escape');
}

async function shootRecordings(
  page: Page,
  url: string,
  poster: string,
  shoot: Shoot,
): Promise<void> {
  const api = new FakeRecordingsApi({ media: poster, poster });
  const who = [
    { id: 'a', name: 'Alice Archer' },
    { id: 'b', name: 'Bjørn Ødegård' },
  ];
  api.recordings = [
    recordingOf('one', { room: 'Monday', participants: who }),
    recordingOf('two', { room: 'Monday', startedAt: '2025-02-22T10:15:00Z', participants: who }),
    recordingOf('three', { room: 'choir', startedAt: '2025-02-21T18:00:00Z' }),
  ];
  await api.serve(page);
  await page.goto(`${url}/recordings`);
  await page.getByRole('article').first().waitFor();
  await shoot(page, 'recordings');
}
