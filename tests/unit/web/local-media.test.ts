import { describe, expect, it } from 'vitest';
import { LocalMedia } from '../../../web/lib/client/local-media.ts';
import {
  InsecureContextError,
  type MediaRequest,
  type StreamLike,
} from '../../../web/lib/client/platform.ts';
import { fakeStream, FakePlatform, FakeTrack } from './fakes.ts';

function failing(name: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(name), { name }));
}

function mediaWith(devices: (request: MediaRequest) => Promise<StreamLike>) {
  const platform = new FakePlatform();
  platform.devices = devices;
  return { platform, media: new LocalMedia(platform) };
}

describe('LocalMedia', () => {
  it('asks for both devices at once, the camera in tile size', async () => {
    const platform = new FakePlatform();
    const media = new LocalMedia(platform);
    await media.acquire();
    expect(platform.requests).toEqual([
      {
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25 } },
      },
    ]);
    expect(media.switchedOn).toEqual({ audio: true, video: true });
    expect(media.tracks.video?.contentHint).toBe('motion');
    await media.acquire();
    expect(platform.requests).toHaveLength(1);
  });

  it('takes each device alone when both together fail, and says what the other lacks', async () => {
    const { platform, media } = mediaWith(({ video }) =>
      video === undefined
        ? Promise.resolve(fakeStream(new FakeTrack('audio')))
        : failing('NotFoundError'),
    );
    await media.acquire();
    expect(platform.requests.map((request) => Object.keys(request))).toEqual([
      ['audio', 'video'],
      ['audio'],
      ['video'],
    ]);
    expect(media.state.microphone.status).toBe('on');
    expect(media.state.camera).toEqual({ status: 'unavailable', problem: 'missing' });
  });

  it('is content with a stream that has only one of the two', async () => {
    const { media } = mediaWith(() => Promise.resolve(fakeStream(new FakeTrack('video'))));
    await media.acquire();
    expect(media.state.microphone).toEqual({ status: 'unavailable', problem: 'missing' });
    expect(media.switchedOn).toEqual({ audio: false, video: true });
  });

  it.each([
    ['NotAllowedError', 'refused'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'failed'],
  ])('calls %s %s', async (name, problem) => {
    const { media } = mediaWith(() => failing(name));
    await media.acquire();
    expect(media.state).toEqual({
      microphone: { status: 'unavailable', problem },
      camera: { status: 'unavailable', problem },
    });
  });

  it('knows a page without https', async () => {
    const { media } = mediaWith(() => Promise.reject(new InsecureContextError()));
    await media.acquire();
    expect(media.state.camera).toEqual({ status: 'unavailable', problem: 'insecure' });
  });

  it('survives a getUserMedia that throws at once', async () => {
    const { media } = mediaWith(() => {
      throw new Error('replaced by a test, badly');
    });
    await media.acquire();
    expect(media.state.camera).toEqual({ status: 'unavailable', problem: 'failed' });
  });

  it('can ask again for what was refused', async () => {
    const { platform, media } = mediaWith(() => failing('NotAllowedError'));
    await media.acquire();
    platform.devices = () => Promise.resolve(fakeStream(new FakeTrack('video')));
    await media.setCamera(true);
    expect(media.switchedOn).toEqual({ audio: false, video: true });
  });

  it('leaves the microphone alone when a replaced getUserMedia gives both again', async () => {
    const microphone = new FakeTrack('audio');
    const { media } = mediaWith(() =>
      Promise.resolve(fakeStream(microphone, new FakeTrack('video'))),
    );
    await media.acquire();
    await media.setCamera(false);
    await media.setCamera(true);
    expect(microphone.readyState).toBe('live');
    expect(media.switchedOn).toEqual({ audio: true, video: true });
  });

  it('notices a device that is unplugged', async () => {
    const camera = new FakeTrack('video');
    const { media } = mediaWith(() => Promise.resolve(fakeStream(camera)));
    await media.acquire();
    camera.fire('ended');
    expect(media.state.camera).toEqual({ status: 'unavailable', problem: 'lost' });
    expect(media.tracks.video).toBeNull();
  });

  it('lets go of what comes after it was closed', async () => {
    const late = [new FakeTrack('audio'), new FakeTrack('video')];
    let give = (_stream: StreamLike): void => undefined;
    const { media } = mediaWith(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    const asking = media.acquire();
    media.close();
    give(fakeStream(...late));
    await asking;
    expect(late.map((track) => track.readyState)).toEqual(['ended', 'ended']);
    expect(media.state.camera.status).toBe('idle');
  });

  it.each([
    ['Permission denied by system', 'blocked'],
    ['Permission dismissed', 'dismissed'],
    ['Permission denied', 'refused'],
  ])('knows by “%s” who said no: %s', async (message, problem) => {
    const { media } = mediaWith(() =>
      Promise.reject(Object.assign(new Error(message), { name: 'NotAllowedError' })),
    );
    await media.acquire();
    expect(media.state.camera).toEqual({ status: 'unavailable', problem });
  });

  it('comes muted, and without asking for a camera, where that is how one joins', async () => {
    const platform = new FakePlatform();
    const media = new LocalMedia(platform);
    await media.acquire({ microphone: false, camera: false });
    expect(platform.requests.map((request) => Object.keys(request))).toEqual([['audio']]);
    expect(media.tracks.audio?.enabled).toBe(false);
    expect(media.state.microphone.status).toBe('off');
    expect(media.state.camera).toEqual({ status: 'off', track: null });
    await media.setMicrophone(true);
    expect(media.tracks.audio?.enabled).toBe(true);
    await media.setCamera(true);
    expect(media.switchedOn).toEqual({ audio: true, video: true });
  });

  it('comes as it was wanted last while the browser still asked', async () => {
    const tracks = [new FakeTrack('audio'), new FakeTrack('video')];
    let give = (_stream: StreamLike): void => undefined;
    const { media } = mediaWith(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    const asking = media.acquire();
    await media.setMicrophone(false);
    await media.setCamera(false);
    give(fakeStream(...tracks));
    await asking;
    expect(media.switchedOn).toEqual({ audio: false, video: false });
    expect(tracks.map(({ enabled, readyState }) => [enabled, readyState])).toEqual([
      [false, 'live'],
      [true, 'ended'],
    ]);
  });

  it('turns to the camera that looks the other way', async () => {
    const [front, back] = [new FakeTrack('video'), new FakeTrack('video')];
    const cameras = [front, back];
    const { platform, media } = mediaWith(() => {
      return Promise.resolve(fakeStream(cameras.shift()!));
    });
    await media.setCamera(true);
    await media.face('environment');
    expect(platform.requests.at(-1)?.video).toMatchObject({
      facingMode: { ideal: 'environment' },
    });
    expect(media.tracks.video).toBe(back);
    expect(front!.readyState).toBe('ended');
  });
});
