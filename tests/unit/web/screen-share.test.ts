import { describe, expect, it } from 'vitest';
import { LocalMedia } from '../../../web/lib/client/local-media.ts';
import { OutgoingMedia } from '../../../web/lib/client/outgoing-media.ts';
import type { StreamLike } from '../../../web/lib/client/platform.ts';
import { ScreenShare } from '../../../web/lib/client/screen-share.ts';
import { fakeStream, FakePlatform, FakeTrack, settle } from './fakes.ts';

const named = (name: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(name), { name }));

/** Somebody with camera and microphone, who will choose these tracks to share. */
async function person(...chosen: FakeTrack[]) {
  const platform = new FakePlatform();
  platform.screen = () => Promise.resolve(fakeStream(...chosen));
  const media = new LocalMedia(platform);
  const share = new ScreenShare(platform);
  const outgoing = new OutgoingMedia(media, share, platform);
  await media.acquire();
  const [camera, microphone] = [media.tracks.video!, media.tracks.audio!];
  return { platform, media, share, outgoing, camera, microphone };
}

describe('ScreenShare', () => {
  it('is a state of what was chosen, to be read and not watched', async () => {
    const [video, audio] = [new FakeTrack('video'), new FakeTrack('audio')];
    const { share } = await person(video, audio);
    const seen: string[] = [];
    share.on('changed', ({ status }) => seen.push(status));
    await share.start();
    expect(share.state).toEqual({ status: 'on', video, audio });
    expect(video.contentHint).toBe('detail');
    share.stop();
    share.stop();
    expect([video.readyState, audio.readyState]).toEqual(['ended', 'ended']);
    expect(seen).toEqual(['asking', 'on', 'off']);
  });

  it.each([
    ['NotAllowedError', 0],
    ['AbortError', 0],
    ['NotReadableError', 1],
    ['NotFoundError', 1],
  ])('takes %s for what it is', async (name, failures) => {
    const { platform, share } = await person();
    platform.screen = () => named(name);
    let failed = 0;
    share.on('failed', () => {
      failed += 1;
    });
    await share.start();
    expect(share.state.status).toBe('off');
    expect(failed).toBe(failures);
  });

  it('ends with the browser’s own bar, and goes on without a sound that ends', async () => {
    const [video, audio] = [new FakeTrack('video'), new FakeTrack('audio')];
    const { share } = await person(video, audio);
    await share.start();
    audio.stop();
    audio.fire('ended');
    expect(share.state).toEqual({ status: 'on', video, audio: null });
    video.stop();
    video.fire('ended');
    expect(share.state).toEqual({ status: 'off' });
  });

  it('lets go of what is chosen after one has left', async () => {
    const video = new FakeTrack('video');
    const { platform, share } = await person();
    let choose: (stream: StreamLike) => void = () => undefined;
    platform.screen = () =>
      new Promise((resolve) => {
        choose = resolve;
      });
    const started = share.start();
    share.stop();
    choose(fakeStream(video));
    await started;
    expect(video.readyState).toBe('ended');
    expect(share.state.status).toBe('off');
  });

  it('asks nobody on a phone', async () => {
    const { platform, share } = await person(new FakeTrack('video'));
    platform.sharesScreens = false;
    expect(share.isPossible).toBe(false);
    await share.start();
    expect(share.state.status).toBe('off');
  });
});

describe('what is sent', () => {
  it('is the screen in place of the camera, which comes back as it was', async () => {
    const video = new FakeTrack('video');
    const { platform, media, share, outgoing, camera, microphone } = await person(video);
    await share.start();
    expect(outgoing.tracks).toEqual({ audio: microphone, video });
    expect(outgoing.sent).toEqual({
      ...{ audio: true, video: true, source: 'screen', shareAudio: false },
    });
    expect(camera.readyState).toBe('live');
    share.stop();
    expect(outgoing.tracks).toEqual({ audio: microphone, video: camera });

    await media.setCamera(false);
    platform.screen = () => Promise.resolve(fakeStream(new FakeTrack('video')));
    await share.start();
    expect(outgoing.sent.video).toBe(true);
    share.stop();
    expect(outgoing.sent).toEqual({
      ...{ audio: true, video: false, source: 'camera', shareAudio: false },
    });
  });

  it('has the tab’s sound mixed with the microphone, which is muted alone', async () => {
    const [video, audio] = [new FakeTrack('video'), new FakeTrack('audio')];
    const { platform, media, share, outgoing, microphone } = await person(video, audio);
    await share.start();
    const [mix] = platform.mixes;
    expect(mix!.of).toEqual([microphone, audio]);
    expect(outgoing.tracks.audio).toBe(mix!.track);
    await media.setMicrophone(false);
    expect(microphone.enabled).toBe(false);
    expect([audio.enabled, mix!.track.enabled, mix!.closed]).toEqual([true, true, false]);
    expect(outgoing.sent).toMatchObject({ audio: false, shareAudio: true });
    expect(platform.mixes).toHaveLength(1);
    share.stop();
    expect(mix!.closed).toBe(true);
    expect(outgoing.tracks.audio).toBe(microphone);
  });

  it('has the tab’s sound alone where there is no microphone, and both once there is one', async () => {
    const [video, audio] = [new FakeTrack('video'), new FakeTrack('audio')];
    const platform = new FakePlatform();
    platform.screen = () => Promise.resolve(fakeStream(video, audio));
    const media = new LocalMedia(platform);
    const share = new ScreenShare(platform);
    const outgoing = new OutgoingMedia(media, share, platform);
    await share.start();
    expect(outgoing.tracks.audio).toBe(audio);
    expect(platform.mixes).toHaveLength(0);
    await media.setMicrophone(true);
    await settle();
    expect(platform.mixes.map(({ of }) => of)).toEqual([[media.tracks.audio, audio]]);
    audio.stop();
    audio.fire('ended');
    expect(platform.mixes[0]!.closed).toBe(true);
    expect(outgoing.tracks.audio).toBe(media.tracks.audio);
  });
});
