import { describe, expect, it } from 'vitest';
import { rungNames as mixerRungs } from '../../../mixer/encode/rung-table.ts';
import { rungNames } from '../../../mcu/protocol/common.ts';
import { offersOf, QualityNews } from '../../../mcu/room/quality.ts';
import { RungController } from '../../../mcu/room/rung-controller.ts';

const picture = { canvas: { width: 1280, height: 720 }, fps: 25 };

describe('the rung of a receiver of whom nothing is known yet', () => {
  it.each([
    ['auto', ['high', 'medium', 'low', 'tiny'], 'high', 'auto'],
    ['high', ['high', 'medium', 'low', 'tiny'], 'high', 'requested'],
    ['medium', ['high', 'medium', 'low', 'tiny'], 'medium', 'requested'],
    ['tiny', ['high', 'medium', 'low', 'tiny'], 'tiny', 'requested'],
    ['audio', ['high', 'medium', 'low', 'tiny'], 'audio', 'requested'],
    ['auto', ['medium', 'tiny'], 'medium', 'auto'],
    ['high', ['medium', 'tiny'], 'medium', 'requested'],
    ['low', ['medium', 'tiny'], 'tiny', 'requested'],
    // None is low enough: the lowest there is.
    ['tiny', ['high'], 'high', 'requested'],
    ['low', ['high', 'medium'], 'medium', 'requested'],
    ['audio', ['high'], 'audio', 'requested'],
  ] as const)('asked for %s of %j is %s', (max, rungs, rung, reason) => {
    const controller = new RungController(offersOf({ ...picture, rungs: [...rungs] }), max);
    expect(controller).toMatchObject({ rung, reason });
  });

  it('has the same names in the protocol and in the mixer', () => {
    expect(rungNames).toEqual(mixerRungs);
  });
});

describe('what a receiver is told about its rung', () => {
  it('is every change, with what the rung takes while the path is not known', () => {
    const news = new QualityNews({ ...picture, rungs: ['high', 'low'] });
    expect(news.next('high', 'auto', null, 0)).toEqual({
      type: 'quality',
      rung: 'high',
      reason: 'auto',
      estimateKbps: 1652,
      rungs: [
        { rung: 'high', kbps: 1652 },
        { rung: 'low', kbps: 182 },
        { rung: 'audio', kbps: 29 },
      ],
    });
    expect(news.next('high', 'auto', null, 1)).toBeUndefined();
    expect(news.next('audio', 'requested', null, 2)).toMatchObject({ estimateKbps: 29 });
    expect(news.next('audio', 'bandwidth', 44_000, 3)).toMatchObject({
      reason: 'bandwidth',
      estimateKbps: 44,
    });
  });

  it('is an estimate only where it differs by a quarter, and every 5 s at most', () => {
    const news = new QualityNews({ ...picture, rungs: ['high', 'low'] });
    news.next('low', 'bandwidth', 200_000, 0);
    expect(news.next('low', 'bandwidth', 400_000, 4999)).toBeUndefined();
    expect(news.next('low', 'bandwidth', 240_000, 5000)).toBeUndefined();
    expect(news.next('low', 'bandwidth', 260_000, 5001)).toMatchObject({ estimateKbps: 260 });
    expect(news.next('low', 'bandwidth', 100_000, 5002)).toBeUndefined();
  });
});
