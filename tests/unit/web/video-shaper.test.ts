import { describe, expect, it } from 'vitest';
import { VideoShaper } from '../../../web/lib/client/video-shaper.ts';
import { FakePlatform, FakeSender, FakeTrack, settle } from './fakes.ts';

const demand = (height: number, fps = 25) => ({
  width: (height * 16) / 9,
  height,
  fps,
  bitrate: fps === 0 ? 0 : height * 1000,
});

/** A video sender whose shape the test asks for. */
class Stage {
  readonly platform = new FakePlatform();
  readonly track = new FakeTrack('video');
  readonly sender = new FakeSender(this.track, { sendEncodings: [{}] });
  readonly shaper = new VideoShaper(this.platform, null);

  /** How many lines are sent now. */
  get lines(): number {
    const { scaleResolutionDownBy = 1 } = this.sender.encoding;
    return Math.floor(this.track.size.height! / scaleResolutionDownBy);
  }
}

describe('a video sender', () => {
  it('is given size, rate and bitrate, and nothing else of it changes', async () => {
    const stage = new Stage();
    stage.sender.parameters = { encodings: [{ rid: 'kept' } as object] };
    await stage.shaper.place(stage.sender, stage.track);
    await stage.shaper.setDemand(demand(180, 15));
    expect(stage.lines).toBe(180);
    expect(stage.sender.encoding).toMatchObject({
      rid: 'kept',
      active: true,
      maxBitrate: 180_000,
      maxFramerate: 15,
    });
    expect(stage.sender.parameters.degradationPreference).toBe('maintain-resolution');
    expect(stage.track).toMatchObject({ enabled: true, size: { width: 1280, height: 720 } });
  });

  it('stops and starts with the rate', async () => {
    const stage = new Stage();
    await stage.shaper.place(stage.sender, stage.track);
    await stage.shaper.setDemand(demand(90, 0));
    expect(stage.sender.encoding.active).toBe(false);
    expect(stage.track).toMatchObject({ enabled: true, readyState: 'live' });
    await stage.shaper.setDemand(demand(360));
    expect(stage.sender.encoding.active).toBe(true);
    expect(stage.lines).toBe(360);
  });

  it('takes demands one after the other, and ends with the last', async () => {
    const stage = new Stage();
    const placed = stage.shaper.place(stage.sender, stage.track);
    const asked = [720, 90, 540, 180].map((height) => stage.shaper.setDemand(demand(height)));
    await Promise.all([placed, ...asked]);
    expect(stage.lines).toBe(180);
    expect(stage.sender.changes.length).toBeLessThanOrEqual(2);
    await stage.shaper.setDemand(demand(180));
    expect(stage.sender.changes.length).toBeLessThanOrEqual(2);
  });

  it('follows another track, and one that changes its size', async () => {
    const stage = new Stage();
    await stage.shaper.place(stage.sender, stage.track);
    await stage.shaper.setDemand(demand(360));
    const screen = new FakeTrack('video');
    screen.contentHint = 'detail';
    screen.size = { width: 3840, height: 2160 };
    await stage.shaper.place(stage.sender, screen);
    expect(stage.sender.encoding.scaleResolutionDownBy).toBeCloseTo(6, 3);
    screen.size = { width: 1280, height: 720 };
    await stage.platform.pass(1000);
    expect(stage.sender.encoding.scaleResolutionDownBy).toBeCloseTo(2, 3);
    const before = stage.sender.changes.length;
    await stage.platform.pass(10_000);
    expect(stage.sender.changes).toHaveLength(before);
  });

  it('goes without what the browser does not know', async () => {
    const stage = new Stage();
    stage.sender.refuses.push('maxFramerate');
    await stage.shaper.place(stage.sender, stage.track);
    await stage.shaper.setDemand(demand(180, 15));
    expect(stage.lines).toBe(180);
    expect(stage.sender.encoding.maxBitrate).toBe(180_000);
  });

  it('is tried again where the browser was not ready', async () => {
    const stage = new Stage();
    stage.sender.refuses.push('scaleResolutionDownBy');
    await stage.shaper.place(stage.sender, stage.track);
    expect(stage.sender.changes).toEqual([]);
    stage.sender.refuses.pop();
    await stage.platform.pass(1000);
    expect(stage.lines).toBe(360);
  });

  it('is left alone without a track and after the end', async () => {
    const stage = new Stage();
    await stage.shaper.place(stage.sender, null);
    await stage.shaper.setDemand(demand(180));
    expect(stage.sender.changes).toEqual([]);
    await stage.shaper.place(stage.sender, stage.track);
    expect(stage.lines).toBe(180);
    stage.shaper.close();
    stage.shaper.close();
    await stage.shaper.setDemand(demand(720));
    await settle();
    expect(stage.lines).toBe(180);
    expect(stage.platform.timers).toBe(0);
  });
});
