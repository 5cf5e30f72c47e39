import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium, type Person } from '../harness/chromium.ts';
import { openHouse } from '../harness/house.ts';
import { patienceMs, until } from '../harness/until.ts';
import { isTold, rememberTold } from './told.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */

/** What one sends, and where one hears, as the page has it. */
interface Devices {
  camera: string;
  microphone: string;
  heard: boolean;
  echoCancellation: unknown;
  noiseSuppression: unknown;
  autoGainControl: unknown;
  /** Pictures that were sent of the camera. */
  frames: number;
  speaker: string;
}

/** Names instead of ids. */
async function devicesOf({ page }: Person): Promise<Devices> {
  return page.evaluate(async () => {
    const { testPeers } = window as unknown as { testPeers: RTCPeerConnection[] };
    const all = await navigator.mediaDevices.enumerateDevices();
    const nameOf = (id: string | undefined): string =>
      all.find(({ deviceId }) => deviceId === id)?.label ?? '';
    const senders = testPeers.flatMap((peer) => peer.getSenders());
    const [audio, video] = ['audio', 'video'].map((kind) =>
      senders.find(({ track }) => track?.kind === kind),
    );
    const sound = audio?.track?.getSettings();
    let frames = 0;
    (await video?.getStats())?.forEach((report: { framesEncoded?: number }) => {
      frames += report.framesEncoded ?? 0;
    });
    return {
      camera: nameOf(video?.track?.getSettings().deviceId),
      microphone: nameOf(sound?.deviceId),
      heard: audio?.track?.enabled === true,
      echoCancellation: sound?.echoCancellation,
      noiseSuppression: sound?.noiseSuppression,
      autoGainControl: sound?.autoGainControl,
      frames,
      speaker: nameOf(document.querySelector('audio')?.sinkId || 'default'),
    };
  });
}

/** Waits until the page has these. */
async function uses(person: Person, devices: Partial<Devices>): Promise<void> {
  let now: Devices | undefined;
  const wanted = Object.entries(devices) as [keyof Devices, unknown][];
  await until(
    async () => {
      now = await devicesOf(person);
      return wanted.every(([name, value]) => now?.[name] === value);
    },
    () => `it is ${JSON.stringify(now)}`,
  );
}

const button = ({ page }: Person, name: string) => page.getByRole('button', { name, exact: true });
const dialog = ({ page }: Person) => page.getByRole('dialog');

async function choose(person: Person, kind: string, device: string): Promise<void> {
  await dialog(person).getByRole('combobox', { name: kind }).selectOption({ label: device });
}

describe('the settings', () => {
  const house = openHouse(
    { ONEGRID_RUNGS: 'high' },
    { whole: true, more: ['--use-fake-device-for-media-stream=device-count=3'] },
  );

  it('change devices in the middle of a call, and remember them', async () => {
    const ana = await house.join('devices', 'Ana', { devices: 'of the browser' });
    await until(async () => (await devicesOf(ana)).frames > 0);
    const answers = () => ana.received.filter(({ type }) => type === 'answer').length;
    /** Where a browser has too little time, the server wants frames of sound that do not last 10 ms, which takes an offer. */
    const otherFrames = () => {
      const lengths = ana.received.flatMap((message) =>
        message.type === 'uplink' ? [message.audio.ptime] : [],
      );
      return lengths.filter((each, index) => each !== (lengths[index - 1] ?? 10)).length;
    };
    const before = answers();
    await ana.press('Mute');
    await ana.press('Settings');
    // It shows the level of a muted microphone, too: the browser's own fake beeps.
    const level = dialog(ana).getByRole('img', { name: 'Microphone level' });
    await until(async () => Number(await level.getAttribute('data-level')) > 0);

    await choose(ana, 'Camera', 'fake_device_2');
    await choose(ana, 'Microphone', 'Fake Audio Input 2');
    await choose(ana, 'Speaker', 'Fake Audio Output 1');
    const chosen = {
      camera: 'fake_device_2',
      microphone: 'Fake Audio Input 2',
      speaker: 'Fake Audio Output 1',
    };
    const all = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    await uses(ana, { ...chosen, ...all, heard: false });
    const { frames } = await devicesOf(ana);
    await until(async () => (await devicesOf(ana)).frames > frames);

    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    for (const name of ['Remove echo', 'Reduce background noise', 'Adjust my volume']) {
      await dialog(ana).getByRole('switch', { name }).click();
    }
    await uses(ana, { ...chosen, ...raw, heard: false });
    await dialog(ana).getByRole('button', { name: 'Done' }).click();
    await ana.press('Unmute');
    await uses(ana, { heard: true });
    // None of it took another offer.
    expect(answers()).toBeLessThanOrEqual(before + otherFrames());

    await ana.page.reload();
    await ana.press('Join');
    await uses(ana, { ...chosen, ...raw, heard: true });

    // No test unplugs a fake camera; its track is told to say so.
    const unplug = (): Promise<void> =>
      ana.page.evaluate(() => {
        const { testPeers } = window as unknown as { testPeers: RTCPeerConnection[] };
        const camera = testPeers
          .flatMap((peer) => peer.getSenders())
          .find(({ track }) => track?.kind === 'video')!.track!;
        camera.stop();
        camera.dispatchEvent(new Event('ended'));
      });
    // It is said for a few seconds.
    const said = ana.page.getByText('The camera was disconnected. In use now: fake_device_0.');
    await Promise.all([said.waitFor(), unplug()]);
    await uses(ana, { camera: 'fake_device_0', heard: true });
  });

  it('tell who talks while muted, and let them talk while they hold the space bar', async () => {
    const ana = await house.open('talk', 'Ana', { tone: 'speech' });
    await ana.page.addInitScript(() => {
      const page = window as unknown as { clones: MediaStreamTrack[] };
      page.clones = [];
      const clone = Reflect.get<MediaStreamTrack, 'clone'>(MediaStreamTrack.prototype, 'clone');
      MediaStreamTrack.prototype.clone = function (): MediaStreamTrack {
        const own = clone.call(this);
        page.clones.push(own);
        return own;
      };
    });
    await ana.page.reload();
    await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
    await ana.enter();
    const listening = () =>
      ana.page.evaluate(
        () =>
          (window as unknown as { clones: MediaStreamTrack[] }).clones.filter(
            ({ readyState }) => readyState === 'live',
          ).length,
      );
    const hint = ana.page.getByText('You are muted. Nobody hears you.');
    await uses(ana, { heard: true });
    expect(await listening()).toBe(0);
    await ana.press('Mute');
    await hint.waitFor();
    expect(await listening()).toBe(1);

    // The button that was clicked has the focus, but is not what is meant.
    await ana.page.keyboard.down(' ');
    await uses(ana, { heard: true });
    await button(ana, 'Mute').waitFor();
    await hint.waitFor({ state: 'detached' });
    expect(await listening()).toBe(0);
    await ana.page.keyboard.up(' ');
    await uses(ana, { heard: false });
    await button(ana, 'Unmute').waitFor();

    // Whoever goes elsewhere meanwhile is muted again.
    await ana.page.keyboard.down(' ');
    await uses(ana, { heard: true });
    await ana.page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await uses(ana, { heard: false });
    await ana.page.keyboard.up(' ');

    await hint.waitFor();
    await button(ana, 'Close this hint').click();
    await hint.waitFor({ state: 'detached' });
    expect(await listening()).toBe(0);
    await ana.press('Unmute');
    await uses(ana, { heard: true });

    await ana.press('Mute');
    await hint.waitFor();
    // It lies over the picture, and over no button.
    await ana.press('Raise hand');
    await hint.waitFor();
    await ana.press('Turn on the microphone');
    await uses(ana, { heard: true });
    await hint.waitFor({ state: 'detached' });
  });

  it('let one hear others come and go, unless that is turned off', async () => {
    const ana = await house.open('chimes', 'Ana', {});
    await ana.page.addInitScript(() => {
      const page = window as unknown as { tones: number[] };
      page.tones = [];
      window.OscillatorNode = class extends OscillatorNode {
        constructor(context: BaseAudioContext, options?: OscillatorOptions) {
          super(context, options);
          page.tones.push(options?.frequency ?? 0);
        }
      };
      // One that takes long to start, on a busy machine, would be left alone.
      Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'running' });
    });
    await ana.page.reload();
    await rememberTold(ana.page);
    await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
    await ana.enter();
    let tones: number[] = [];
    const plays = async (wanted: number[]): Promise<void> => {
      await until(
        async () => {
          tones = await ana.page.evaluate(() => (window as unknown as { tones: number[] }).tones);
          return String(tones) === String(wanted);
        },
        () => `it played ${String(tones)}`,
      );
    };
    const [up, down] = [
      [523, 784],
      [659, 440],
    ] as const;
    const ben = await house.attend('chimes', 'Ben');
    // One's own coming is no news.
    await plays([...up]);
    await ana.page.waitForTimeout(1000);
    await ben.close();
    await plays([...up, ...down]);

    await ana.press('Settings');
    await dialog(ana).getByRole('switch', { name: 'Sound when people join or leave' }).click();
    await dialog(ana).getByRole('button', { name: 'Done' }).click();
    await ana.page.waitForTimeout(1000);
    await house.attend('chimes', 'Cem');
    await isTold(ana.page, 'Cem joined.');
    await ana.press('Settings');
    await dialog(ana).getByRole('button', { name: 'Play a test sound' }).click();
    await plays([...up, ...down, 523, 659, 784]);
  });

  it('have keys for what buttons do, but not while one types', async () => {
    const ana = await house.join('keys', 'Ana', { colour: 'blue', tone: 0 });
    const { page } = ana;
    await rememberTold(page);
    await until(() => ana.last('layout')?.tiles.length === 1);
    const press = (key: string) => page.keyboard.press(key);
    await press('m');
    await button(ana, 'Unmute').waitFor();
    await isTold(page, 'You are muted.');
    await press('Control+m');
    await press('Shift+M');
    await press('m');
    await button(ana, 'Mute').waitFor();
    await press('v');
    await button(ana, 'Start video').waitFor();
    await press('v');
    await button(ana, 'Stop video').waitFor();
    await page.evaluate(() => {
      navigator.mediaDevices.getDisplayMedia = () =>
        Promise.resolve((window as unknown as { fakeStream: MediaStream }).fakeStream.clone());
    });
    await press('s');
    await button(ana, 'Stop sharing').click();
    await button(ana, 'Share screen').waitFor();
    expect(await button(ana, 'Mute').getAttribute('aria-keyshortcuts')).toBe('M');

    await press('?');
    const listed = await dialog(ana).getByRole('term').allTextContents();
    expect(listed.map((text) => text.trim())).toEqual(expect.arrayContaining(['M', 'Space', '?']));
    // A dialog has the keys to itself.
    await press('m');
    await dialog(ana).getByRole('switch', { name: 'Use these keys' }).click();
    await dialog(ana).getByRole('button', { name: 'Close' }).click();
    await dialog(ana).waitFor({ state: 'detached' });
    await press('m');
    await button(ana, 'Mute').waitFor();
    await ana.press('Settings');
    await dialog(ana).getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await dialog(ana).getByRole('switch', { name: 'Use these keys' }).click();
    await press('Escape');

    await ana.press('Quality');
    await page.getByRole('combobox', { name: 'Quality' }).focus();
    await press('m');
    await press('Escape');
    await page.evaluate(() => {
      const field = document.createElement('textarea');
      document.body.append(field);
      field.focus();
    });
    await page.keyboard.type('mvscf ?');
    expect(await page.locator('body > textarea').inputValue()).toBe('mvscf ?');
    await button(ana, 'Mute').waitFor();
    await button(ana, 'Stop video').waitFor();
    expect(await dialog(ana).count()).toBe(0);
    expect(await page.evaluate(() => document.fullscreenElement)).toBeNull();
  });

  it('show the picture on the full screen, with its tiles, and in a small window', async () => {
    const ana = await house.join('views', 'Ana', { colour: 'blue' });
    const { page } = ana;
    await button(ana, 'Show in a small window').click();
    await until(() => page.evaluate(() => document.pictureInPictureElement !== null));
    await button(ana, 'Close the small window').click();
    await button(ana, 'Show in a small window').waitFor();

    const width = async () => (await page.locator('video').first().boundingBox())!.width;
    const before = await width();
    const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
    await page.keyboard.press('f');
    await until(isFull);
    await until(async () => (await width()) > before);
    await page.getByRole('button', { name: 'Pin Ana (you), muted' }).click();
    await until(() => ana.last('layout')?.pinned === ana.id);
    // A dialog lies above it.
    await page.keyboard.press('?');
    await dialog(ana).getByRole('button', { name: 'Close' }).click();
    await button(ana, 'Leave full screen').last().click();
    await until(async () => !(await isFull()));
    await button(ana, 'Full screen').waitFor();
    // Chromium takes no other wish before it has done with this one.
    await until(async () => (await width()) === before);

    // The chat has no place there: it is shown instead, and written in.
    await page.keyboard.press('f');
    await until(isFull);
    await page.keyboard.press('c');
    await until(async () => !(await isFull()));
    const box = page.getByRole('textbox', { name: 'Write a message' });
    const writes = () => box.evaluate((element) => element === document.activeElement);
    await until(writes);

    // Whoever presses both keys before the screen is full loses neither.
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    await Promise.all([page.keyboard.press('f'), page.keyboard.press('c')]);
    await until(writes);
    expect(await isFull()).toBe(false);
  });
});

describe('a browser that plays nothing by itself', () => {
  const house = openHouse();
  let strict: Browser;
  beforeAll(async () => {
    strict = await launchChromium({
      more: ['--autoplay-policy=document-user-activation-required'],
    });
  });
  afterAll(() => strict.close());

  it('asks for one click, and then there is sound', async () => {
    const context = await strict.newContext();
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    // Nobody touches the page: even what a test looks for in it would count as a person's hand.
    await page.addInitScript(() => {
      localStorage.setItem('onegrid.lobby', JSON.stringify({ name: 'Ana' }));
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no devices', 'NotFoundError'));
      let joined = false;
      const timer = setInterval(() => {
        const join = document.querySelector<HTMLButtonElement>('button[type="submit"]');
        if (!joined) join?.click();
        joined ||= join !== null;
        if (document.body.textContent.includes('Turn on the sound')) {
          clearInterval(timer);
          console.log('held back');
        }
      }, 50);
    });
    const heldBack = page.waitForEvent('console', {
      predicate: (message) => message.text() === 'held back',
    });
    await page.goto(`${house.server.url}/r/silent`);
    await heldBack;
    const start = page.getByRole('button', { name: 'Turn on the sound' });
    await start.click();
    await start.waitFor({ state: 'detached' });
    expect(await page.locator('audio').evaluate((audio: HTMLAudioElement) => audio.paused)).toBe(
      false,
    );
    await context.close();
  });
});
