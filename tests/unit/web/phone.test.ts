import { describe, expect, it, vi } from 'vitest';
import { Background } from '../../../web/lib/phone/background.ts';
import { isMirrored } from '../../../web/lib/mirror.ts';
import { Interruptions } from '../../../web/lib/phone/interruptions.ts';
import { watchKeyboard } from '../../../web/lib/phone/keyboard.ts';
import { flipFrom } from '../../../web/lib/phone/flip.ts';
import { showMediaControls } from '../../../web/lib/phone/media-controls.ts';
import { WakeLock, type WakeLockLike } from '../../../web/lib/phone/wake-lock.ts';
import { LocalMedia } from '../../../web/lib/client/local-media.ts';
import { FakePlatform, FakeTrack, settle } from './fakes.ts';

/** A page that is hidden and shown by the test. */
class FakePage {
  hidden = false;
  inPicture = false;
  readonly listeners = new Set<() => void>();
  readonly locks: { released: boolean; release(): Promise<void> }[] = [];
  /** What asking for a lock gives; a test replaces it. */
  give = (): Promise<WakeLockLike | null> => {
    const lock = {
      released: false,
      release: () => {
        lock.released = true;
        return Promise.resolve();
      },
    };
    this.locks.push(lock);
    return Promise.resolve(lock);
  };

  request = (): Promise<WakeLockLike | null> => this.give();
  isHidden = (): boolean => this.hidden;
  isInPicture = (): boolean => this.inPicture;
  onVisibility = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async turn(hidden: boolean): Promise<void> {
    this.hidden = hidden;
    // As browsers do.
    if (hidden) for (const lock of this.locks) lock.released = true;
    for (const listener of this.listeners) listener();
    await settle();
  }
}

describe('a microphone that a phone call had', () => {
  const start = async () => {
    const page = new FakePage();
    const platform = new FakePlatform();
    const media = new LocalMedia(platform);
    const refused = vi.fn();
    media.on('refused', refused);
    const interruptions = new Interruptions(page, () => media.renew('microphone'));
    media.on('changed', () => {
      interruptions.watch(media.tracks.audio);
    });
    await media.acquire();
    const track = (): FakeTrack => media.tracks.audio as FakeTrack;
    const asked = (): number => platform.requests.length;
    return { page, platform, media, refused, interruptions, track, asked };
  };

  it('is asked for once more when the system says it is back, and stays muted if it was', async () => {
    const { media, track, asked } = await start();
    await media.setMicrophone(false);
    const before = track();
    before.fire('mute');
    await settle();
    expect(asked()).toBe(1);
    before.fire('unmute');
    await settle();
    expect(asked()).toBe(2);
    expect(track()).not.toBe(before);
    expect([before.readyState, track().readyState, track().enabled]).toEqual([
      'ended',
      'live',
      false,
    ]);
    // The one of before has nothing more to say.
    before.fire('mute');
    before.fire('unmute');
    await settle();
    expect(asked()).toBe(2);
  });

  it('is asked for when the page is shown, and again the next time where it cannot be had yet', async () => {
    const { page, platform, refused, track, asked } = await start();
    const before = track();
    await page.turn(true);
    before.fire('mute');
    before.fire('unmute');
    await settle();
    expect(asked()).toBe(1);
    const give = platform.devices;
    platform.devices = () => Promise.reject(new DOMException('', 'InvalidStateError'));
    await page.turn(false);
    expect([asked(), track()]).toEqual([2, before]);
    expect(refused).not.toHaveBeenCalled();
    platform.devices = give;
    await page.turn(true);
    await page.turn(false);
    expect(asked()).toBe(3);
    expect(track()).not.toBe(before);
    await page.turn(true);
    await page.turn(false);
    expect(asked()).toBe(3);
  });

  it('is left alone where nothing interrupted it, and when the call is over', async () => {
    const { page, interruptions, track, asked } = await start();
    // One that begins silent, and then is not.
    track().fire('unmute');
    await page.turn(true);
    await page.turn(false);
    track().fire('mute');
    interruptions.close();
    interruptions.close();
    track().fire('unmute');
    await settle();
    expect(asked()).toBe(1);
    expect(page.listeners.size).toBe(0);
  });
});

describe('a keyboard on the screen', () => {
  it('lies over the foot of the page: not so a bar of the browser, nor a page that is pinched open', () => {
    const told: number[] = [];
    const listeners = new Set<() => void>();
    const viewport = {
      ...{ height: 750, scale: 1 },
      addEventListener: (_: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
    };
    let pageHeight = 750;
    const end = watchKeyboard(
      viewport,
      () => pageHeight,
      (px) => told.push(px),
    );
    const become = (height: number, scale = 1): void => {
      Object.assign(viewport, { height, scale });
      for (const listener of listeners) listener();
    };
    become(690);
    become(414.4);
    become(414);
    become(750);
    become(375, 2);
    // A browser that makes the page smaller itself.
    pageHeight = 414;
    become(414);
    expect(told).toEqual([0, 336, 0]);
    end();
    expect(listeners.size).toBe(0);
  });
});

describe('the screen', () => {
  it('stays on while in a call, and is kept on again when the page comes back', async () => {
    const page = new FakePage();
    const wakeLock = new WakeLock(page);
    await settle();
    expect(page.locks).toHaveLength(1);
    await page.turn(true);
    expect(page.locks).toHaveLength(1);
    await page.turn(false);
    await page.turn(false);
    expect(page.locks.map(({ released }) => released)).toEqual([true, false]);
    wakeLock.close();
    wakeLock.close();
    expect(page.locks.every(({ released }) => released)).toBe(true);
    expect(page.listeners.size).toBe(0);
  });

  it('may go dark where the browser has no lock, or refuses it, until the page is shown again', async () => {
    const page = new FakePage();
    const { give } = page;
    page.give = () => Promise.reject(new DOMException('battery low', 'NotAllowedError'));
    const wakeLock = new WakeLock(page);
    await settle();
    page.give = () => Promise.resolve(null);
    await page.turn(false);
    page.give = give;
    await page.turn(false);
    expect(page.locks).toHaveLength(1);
    wakeLock.close();
  });

  it('is let go when the lock comes after the call has ended', async () => {
    const page = new FakePage();
    const wakeLock = new WakeLock(page);
    wakeLock.close();
    await settle();
    expect(page.locks.map(({ released }) => released)).toEqual([true]);
  });
});

describe('a phone’s call in the background', () => {
  const callOf = (seen: boolean) => {
    const said: string[] = [];
    let on = seen;
    return {
      said,
      isSeen: () => on,
      setCamera: (wanted: boolean) => {
        on = wanted;
        said.push(`camera ${wanted ? 'on' : 'off'}`);
      },
      holdToSound: (wanted: boolean) => {
        said.push(wanted ? 'sound' : 'all');
      },
    };
  };

  it('is sound only, and comes back with the camera', async () => {
    const page = new FakePage();
    const call = callOf(true);
    const background = new Background(page, call);
    await page.turn(true);
    await page.turn(true);
    expect(call.said).toEqual(['sound', 'camera off']);
    await page.turn(false);
    await page.turn(false);
    expect(call.said).toEqual(['sound', 'camera off', 'all', 'camera on']);
    background.close();
    expect(page.listeners.size).toBe(0);
  });

  it('leaves a camera off that was off', async () => {
    const page = new FakePage();
    const call = callOf(false);
    const background = new Background(page, call);
    await page.turn(true);
    await page.turn(false);
    expect(call.said).toEqual(['sound', 'all']);
    background.close();
  });

  it('keeps its picture while that is seen in a window of its own', async () => {
    const page = new FakePage();
    page.inPicture = true;
    const call = callOf(true);
    const background = new Background(page, call);
    await page.turn(true);
    expect(call.said).toEqual([]);
    background.close();
  });

  it('brings all back when it ends there', async () => {
    const page = new FakePage();
    const call = callOf(true);
    const background = new Background(page, call);
    await page.turn(true);
    background.close();
    background.close();
    expect(call.said.slice(2)).toEqual(['all', 'camera on']);
  });
});

describe('the controls of the system', () => {
  it('name the call, do what is pressed, and go with it', () => {
    const handlers = new Map<string, (() => void) | null>();
    const session = {
      metadata: null as unknown,
      playbackState: 'none' as 'none' | 'paused' | 'playing',
      setActionHandler(action: string, handler: (() => void) | null) {
        if (action === 'togglecamera') throw new TypeError('not in this browser');
        handlers.set(action, handler);
      },
    };
    const call = { toggleMicrophone: vi.fn(), toggleCamera: vi.fn(), leave: vi.fn() };
    const takeBack = showMediaControls(session, { title: 'kitchen' }, call);
    expect(session).toMatchObject({ metadata: { title: 'kitchen' }, playbackState: 'playing' });
    handlers.get('togglemicrophone')?.();
    handlers.get('hangup')?.();
    expect(call.toggleMicrophone).toHaveBeenCalledOnce();
    expect(call.leave).toHaveBeenCalledOnce();
    takeBack();
    expect(session).toMatchObject({ metadata: null, playbackState: 'none' });
    expect([...handlers.values()].every((handler) => handler === null)).toBe(true);
  });
});

describe('the other camera of a phone', () => {
  it.each<[string | undefined, string, string[], ReturnType<typeof flipFrom>]>([
    ['user', 'a', ['a', 'b', 'c'], { face: 'environment' }],
    ['environment', 'c', ['a', 'b', 'c'], { face: 'user' }],
    [undefined, 'a', ['a', 'b'], { choose: 'b' }],
    [undefined, 'b', ['a', 'b'], { choose: 'a' }],
    [undefined, '', ['a', 'b'], { choose: 'a' }],
    ['user', 'a', ['a'], null],
    [undefined, '', [], null],
  ])('of one that looks %s and is %s of %o is %o', (facing, inUse, cameras, flip) => {
    expect(flipFrom(facing, inUse, cameras)).toEqual(flip);
  });

  it('is not shown as in a mirror when it looks away', () => {
    const camera = new FakeTrack('video');
    expect(isMirrored(camera)).toBe(true);
    camera.settings = { facingMode: 'user' };
    expect(isMirrored(camera)).toBe(true);
    camera.settings = { facingMode: 'environment' };
    expect(isMirrored(camera)).toBe(false);
  });
});
