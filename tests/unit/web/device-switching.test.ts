import { describe, expect, it } from 'vitest';
import { LocalMedia } from '../../../web/lib/client/local-media.ts';
import type { MediaChoices } from '../../../web/lib/client/media-request.ts';
import type { StreamLike } from '../../../web/lib/client/platform.ts';
import { fakeStream, FakePlatform, FakeTrack, settle } from './fakes.ts';

const failure = (name: string): Error => Object.assign(new Error(name), { name });

interface Wanted {
  deviceId?: { exact: string };
  noiseSuppression?: boolean;
}

/** A desk with cameras and microphones, which can be unplugged or in use elsewhere. */
class Desk {
  readonly platform = new FakePlatform();
  readonly given: FakeTrack[] = [];
  readonly media: LocalMedia;
  readonly news: string[] = [];
  /** Ids of what there is; the first is the default. */
  ids = ['one', 'two'];
  /** One device at a time, as on a phone. */
  single = false;

  constructor(choices: Partial<MediaChoices> = {}) {
    this.platform.devices = (request) => this.give(request);
    this.media = new LocalMedia(this.platform, choices);
    this.media.on('fellBack', (name) => this.news.push(`${name} fell back`));
    this.media.on('refused', (name, problem) => this.news.push(`${name} ${problem}`));
  }

  give(request: { audio?: Wanted; video?: Wanted }): Promise<StreamLike> {
    const tracks: FakeTrack[] = [];
    for (const kind of ['audio', 'video'] as const) {
      const wanted = request[kind];
      if (wanted === undefined) continue;
      const id = wanted.deviceId === undefined ? this.ids[0] : wanted.deviceId.exact;
      if (id === undefined || !this.ids.includes(id)) {
        return Promise.reject(failure(id === undefined ? 'NotFoundError' : 'OverconstrainedError'));
      }
      if (this.single && this.live(kind) > 0) return Promise.reject(failure('NotReadableError'));
      const track = new FakeTrack(kind);
      track.settings = { deviceId: id, noiseSuppression: wanted.noiseSuppression ?? true };
      tracks.push(track);
    }
    this.given.push(...tracks);
    return Promise.resolve(fakeStream(...tracks));
  }

  /** How many tracks of a kind are live. */
  live(kind: string): number {
    return this.given.filter((track) => track.kind === kind && track.readyState === 'live').length;
  }

  get microphone(): string | undefined {
    return this.media.tracks.audio?.getSettings().deviceId;
  }

  get camera(): string | undefined {
    return this.media.tracks.video?.getSettings().deviceId;
  }

  unplug(kind: 'audio' | 'video'): void {
    const track = this.given.findLast((each) => each.kind === kind)!;
    this.ids = this.ids.filter((id) => id !== track.settings.deviceId);
    track.stop();
    track.fire('ended');
  }
}

describe('switching devices', () => {
  it('begins with what was chosen in an earlier visit', async () => {
    const desk = new Desk({ microphone: 'two' });
    await desk.media.acquire();
    expect([desk.microphone, desk.camera]).toEqual(['two', 'one']);
  });

  it('begins with any where what was chosen is gone, and uses it again when it is back', async () => {
    const desk = new Desk({ camera: 'gone' });
    await desk.media.acquire();
    expect(desk.camera).toBe('one');
    desk.ids.push('gone');
    await desk.media.setCamera(false);
    await desk.media.setCamera(true);
    expect(desk.camera).toBe('gone');
  });

  it('goes to another microphone, and lets the one before go', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    const statuses: string[] = [];
    desk.media.on('changed', ({ microphone }) => statuses.push(microphone.status));
    await desk.media.choose('microphone', 'two');
    expect(desk.microphone).toBe('two');
    // One step: nobody is told that it was off meanwhile.
    expect(statuses).toEqual(['on']);
    expect(desk.live('audio')).toBe(1);
  });

  it('leaves a muted microphone muted', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    await desk.media.setMicrophone(false);
    await desk.media.choose('microphone', 'two');
    expect(desk.media.state.microphone.status).toBe('off');
    expect(desk.media.tracks.audio?.enabled).toBe(false);
    await desk.media.setMicrophone(true);
    expect([desk.microphone, desk.media.tracks.audio?.enabled]).toEqual(['two', true]);
  });

  it('mutes what was muted while it came', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    const switching = desk.media.choose('microphone', 'two');
    await desk.media.setMicrophone(false);
    await switching;
    expect([desk.microphone, desk.media.tracks.audio?.enabled]).toEqual(['two', false]);
    expect(desk.media.state.microphone.status).toBe('off');
  });

  it('leaves a camera off that is off, and turns on the one chosen', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    await desk.media.setCamera(false);
    await desk.media.choose('camera', 'two');
    expect(desk.media.state.camera).toEqual({ status: 'off', track: null });
    await desk.media.setCamera(true);
    expect(desk.camera).toBe('two');
  });

  it('takes the last of several choices', async () => {
    const desk = new Desk();
    desk.ids.push('three');
    await desk.media.acquire();
    await Promise.all(['two', 'three'].map((id) => desk.media.choose('camera', id)));
    expect(desk.camera).toBe('three');
    expect(desk.live('video')).toBe(1);
  });

  it('lets the one before go first where only one can be open', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    desk.single = true;
    await desk.media.choose('camera', 'two');
    expect([desk.camera, desk.live('video')]).toEqual(['two', 1]);
  });

  it('keeps the one before where the other cannot be had, and says so', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    desk.platform.devices = () => Promise.reject(failure('NotAllowedError'));
    await desk.media.choose('camera', 'two');
    expect([desk.camera, desk.live('video')]).toEqual(['one', 1]);
    expect(desk.media.choices.camera).toBeNull();
    expect(desk.news).toEqual(['camera refused']);
  });

  it('tries another one where there was none', async () => {
    const desk = new Desk();
    desk.platform.devices = () => Promise.reject(failure('NotReadableError'));
    await desk.media.acquire();
    expect(desk.media.state.camera).toEqual({ status: 'unavailable', problem: 'busy' });
    desk.platform.devices = (request) => desk.give(request);
    await desk.media.choose('camera', 'two');
    expect(desk.camera).toBe('two');
  });

  it('falls back to any other one when a device is unplugged, muted as it was', async () => {
    const desk = new Desk({ microphone: 'two' });
    await desk.media.acquire();
    await desk.media.setMicrophone(false);
    desk.unplug('audio');
    await settle();
    expect(desk.media.state.microphone.status).toBe('off');
    expect([desk.microphone, desk.media.tracks.audio?.enabled]).toEqual(['one', false]);
    expect(desk.news).toEqual(['microphone fell back']);
  });

  it('has lost the device when there is no other', async () => {
    const desk = new Desk();
    desk.ids = ['one'];
    await desk.media.acquire();
    desk.unplug('video');
    await settle();
    expect(desk.media.state.camera).toEqual({ status: 'unavailable', problem: 'lost' });
    expect(desk.news).toEqual([]);
  });

  it('takes again what is plugged in again, muted as it was, and says nothing', async () => {
    const desk = new Desk({ microphone: 'two' });
    desk.ids = ['two'];
    await desk.media.acquire();
    await desk.media.setMicrophone(false);
    for (const kind of ['audio', 'video'] as const) desk.unplug(kind);
    await settle();
    const { microphone, camera } = desk.media.state;
    expect([microphone, camera]).toEqual(Array(2).fill({ status: 'unavailable', problem: 'lost' }));
    desk.ids = ['one', 'two'];
    await Promise.all([desk.media.recover('microphone'), desk.media.recover('camera')]);
    expect([desk.microphone, desk.media.state.microphone.status]).toEqual(['two', 'off']);
    expect([desk.camera, desk.media.state.camera.status]).toEqual(['one', 'on']);
    expect(desk.media.tracks.audio?.enabled).toBe(false);
    expect(desk.news).toEqual([]);
  });

  it('takes at once what there was none of, however often it is told of it', async () => {
    const desk = new Desk();
    desk.ids = [];
    await desk.media.acquire();
    desk.ids = ['one'];
    await Promise.all(Array.from({ length: 3 }, () => desk.media.recover('microphone')));
    expect([desk.microphone, desk.live('audio')]).toEqual(['one', 1]);
  });

  it('changes nothing while what was unplugged is not back, or is not ready', async () => {
    const desk = new Desk();
    desk.ids = ['one'];
    await desk.media.acquire();
    desk.unplug('video');
    await settle();
    let changes = 0;
    desk.media.on('changed', () => (changes += 1));
    await desk.media.recover('camera');
    desk.platform.devices = () => Promise.reject(failure('NotReadableError'));
    await desk.media.recover('camera');
    expect([desk.media.state.camera, changes]).toEqual([
      { status: 'unavailable', problem: 'lost' },
      0,
    ]);
    // Who says no is asked once.
    desk.platform.devices = () => Promise.reject(failure('NotAllowedError'));
    await desk.media.recover('camera');
    desk.platform.devices = (request) => desk.give(request);
    desk.ids = ['one'];
    await desk.media.recover('camera');
    expect(desk.media.state.camera).toEqual({ status: 'unavailable', problem: 'refused' });
  });

  it('opens no camera again that was switched off, nor anything in the place of what is in use', async () => {
    const desk = new Desk();
    desk.ids = ['one'];
    await desk.media.acquire();
    desk.unplug('video');
    await settle();
    await desk.media.setCamera(false);
    desk.ids = ['one', 'two'];
    const given = desk.given.length;
    await desk.media.recover('camera');
    await desk.media.recover('microphone');
    expect(desk.given.length).toBe(given);
  });

  it('opens nothing for a device that is unplugged after the end', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    desk.unplug('video');
    desk.media.close();
    await settle();
    expect([desk.live('video'), desk.media.state.camera.status]).toEqual([0, 'idle']);
  });
});

describe('listening to the microphone', () => {
  it('goes on while it is muted, and ends with it', async () => {
    const desk = new Desk();
    expect(desk.media.listen()).toBeNull();
    await desk.media.acquire();
    await desk.media.setMicrophone(false);
    const listener = desk.media.listen();
    expect([listener?.enabled, desk.media.tracks.audio?.enabled]).toEqual([true, false]);
    desk.media.close();
    expect(listener?.readyState).toBe('ended');
  });

  it('does not keep the microphone open when another is chosen, or its sound processed otherwise', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    const first = desk.media.listen();
    await desk.media.choose('microphone', 'two');
    const second = desk.media.listen();
    let wasOpen: unknown;
    desk.platform.devices = (request) => {
      wasOpen = second?.readyState;
      return desk.give(request);
    };
    await desk.media.process({ noiseSuppression: false });
    expect([first?.readyState, wasOpen]).toEqual(['ended', 'ended']);
  });
});

describe('processing the sound', () => {
  it('changes a microphone that is in use, where the browser can', async () => {
    const desk = new Desk();
    await desk.media.acquire();
    const [microphone] = desk.given;
    microphone!.takes = (constraints) => {
      microphone!.settings = { deviceId: 'one', ...constraints };
      return Promise.resolve();
    };
    await desk.media.process({ noiseSuppression: false });
    expect(desk.media.tracks.audio).toBe(microphone);
    expect(microphone!.settings.noiseSuppression).toBe(false);
  });

  it.each([
    ['refuses', () => Promise.reject(failure('OverconstrainedError'))],
    ['does nothing', () => Promise.resolve()],
  ])('takes a fresh track where the browser %s', async (_what, takes) => {
    const desk = new Desk();
    await desk.media.acquire();
    await desk.media.setMicrophone(false);
    desk.single = true;
    desk.given[0]!.takes = takes;
    await desk.media.process({ noiseSuppression: false });
    expect(desk.media.tracks.audio?.getSettings().noiseSuppression).toBe(false);
    expect(desk.media.state.microphone.status).toBe('off');
    expect(desk.live('audio')).toBe(1);
  });

  it('is asked for with the next microphone', async () => {
    const desk = new Desk();
    await desk.media.process({ noiseSuppression: false });
    await desk.media.acquire();
    expect(desk.media.tracks.audio?.getSettings().noiseSuppression).toBe(false);
  });
});
