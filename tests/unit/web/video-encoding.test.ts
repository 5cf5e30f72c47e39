import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodingFor } from '../../../web/lib/client/video-encoding.ts';

const demand = { width: 320, height: 180, fps: 15, bitrate: 170_000 };
const track = (width?: number, height?: number, contentHint = 'motion') => ({
  contentHint,
  getSettings: () => ({ ...(width && { width }), ...(height && { height }) }),
});

describe('how a track is encoded', () => {
  it.each([
    ['a camera of the same shape', track(1280, 720), 4],
    ['a camera of 4:3, cut above and below', track(640, 480), 2],
    ['an upright phone, cut above and below', track(720, 1280), 2.25],
    ['a screen, whole', track(1920, 1200, 'detail'), 1200 / 180],
    ['a camera that is smaller than asked for', track(160, 90), 1],
    ['a track of unknown size', track(), 1],
  ])('%s', (_, source, scale) => {
    expect(encodingFor(demand, source).scaleResolutionDownBy).toBeCloseTo(scale, 4);
  });

  it('takes rate and bitrate as asked, and fewer bits for fewer pixels', () => {
    const encoding = encodingFor(demand, track(1280, 720));
    expect(encoding).toMatchObject({ active: true, maxFramerate: 15, maxBitrate: 170_000 });
    const { maxBitrate = 0 } = encodingFor(demand, track(160, 90));
    expect(maxBitrate).toBeGreaterThan(170_000 / 4);
    expect(maxBitrate).toBeLessThan(170_000);
  });

  it('is switched off for 0 pictures a second', () => {
    expect(encodingFor({ ...demand, fps: 0, bitrate: 0 }, track(1280, 720))).toEqual({
      active: false,
    });
  });

  it('covers what was asked for to the pixel, unless the camera has less', () => {
    const side = fc.integer({ min: 16, max: 4096 });
    fc.assert(
      fc.property(side, side, side, side, (width, height, wantedWidth, wantedHeight) => {
        const wanted = { width: wantedWidth, height: wantedHeight, fps: 25, bitrate: 1000 };
        const { scaleResolutionDownBy = 0 } = encodingFor(wanted, track(width, height));
        expect(scaleResolutionDownBy).toBeGreaterThanOrEqual(1);
        // Browsers cut off what is left of a pixel.
        const sent = [width, height].map((each) => Math.floor(each / scaleResolutionDownBy));
        expect(sent[0]).toBeGreaterThanOrEqual(Math.min(width, wantedWidth));
        expect(sent[1]).toBeGreaterThanOrEqual(Math.min(height, wantedHeight));
      }),
    );
  });
});
