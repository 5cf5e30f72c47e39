import { describe, expect, it } from 'vitest';
import { videoDemand } from '../../../mcu/room/uplink-size.ts';
import { demandOn, uplinkNeed, uplinkTerms, uplinkWidths } from '../../../mcu/room/uplink-terms.ts';

describe('what there is room for on an uplink', () => {
  it('is all that is wanted where it is wide, and no more than that where it is not', () => {
    for (const [height, fps] of [
      [720, 25],
      [360, 25],
      [90, 15],
      [90, 0],
    ] as const) {
      const wanted = videoDemand(height, fps, 'camera');
      expect(demandOn('wide', wanted, 'camera')).toEqual(wanted);
      for (const width of uplinkWidths) {
        const asked = demandOn(width, wanted, 'camera');
        expect(asked.bitrate).toBeLessThanOrEqual(wanted.bitrate);
        expect(asked.height).toBeLessThanOrEqual(Math.max(90, wanted.height));
        expect(asked.fps).toBeLessThanOrEqual(wanted.fps);
      }
    }
  });

  it('is a picture that moves, within the bits', () => {
    const wanted = videoDemand(720, 25, 'camera');
    expect(demandOn('reduced', wanted, 'camera')).toMatchObject({ height: 270, fps: 20 });
    expect(demandOn('slim', wanted, 'camera')).toMatchObject({ height: 144, fps: 12 });
    expect(demandOn('narrow', wanted, 'camera')).toMatchObject({ height: 90, fps: 8 });
    expect(demandOn('narrowest', wanted, 'camera')).toMatchObject({ height: 90, fps: 4 });
    for (const width of ['narrow', 'slim', 'reduced'] as const) {
      const asked = demandOn(width, wanted, 'camera');
      expect(asked.bitrate).toBeLessThanOrEqual(uplinkTerms(width).video.bitrate);
      expect(uplinkNeed(width, asked)).toBeLessThanOrEqual(
        1.1 * uplinkTerms(width).wireBitsPerSecond,
      );
    }
  });

  it('is a screen that can be read, seldom', () => {
    const asked = demandOn('narrow', videoDemand(720, 15, 'screen'), 'screen');
    expect(asked).toMatchObject({ fps: 2, bitrate: 50_000 });
    expect(asked.height).toBeGreaterThanOrEqual(270);
  });

  it('has frames of another length for each width but the two least: a browser negotiates anew for that', () => {
    const lengths = uplinkWidths.map((width) => uplinkTerms(width).audio.ptime);
    expect(lengths[0]).toBe(lengths[1]);
    expect(new Set(lengths).size).toBe(lengths.length - 1);
    expect(uplinkNeed('narrow', { fps: 0, bitrate: 0 })).toBeLessThan(25_000);
    const least = uplinkTerms('narrowest');
    expect(uplinkNeed('narrowest', least.video)).toBeLessThanOrEqual(least.wireBitsPerSecond);
  });
});
