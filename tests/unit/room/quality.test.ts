import { describe, expect, it } from 'vitest';
import { rungNames as mixerRungs } from '../../../mixer/encode/rung-table.ts';
import { rungNames } from '../../../mcu/protocol/common.ts';
import { chooseRung, qualityMessage } from '../../../mcu/room/quality.ts';

describe('the rung of a receiver', () => {
  it.each([
    ['auto', ['high', 'medium', 'low', 'tiny'], 'high'],
    ['high', ['high', 'medium', 'low', 'tiny'], 'high'],
    ['medium', ['high', 'medium', 'low', 'tiny'], 'medium'],
    ['tiny', ['high', 'medium', 'low', 'tiny'], 'tiny'],
    ['audio', ['high', 'medium', 'low', 'tiny'], 'audio'],
    ['auto', ['medium', 'tiny'], 'medium'],
    ['high', ['medium', 'tiny'], 'medium'],
    ['low', ['medium', 'tiny'], 'tiny'],
    // None is low enough: the lowest there is.
    ['tiny', ['high'], 'high'],
    ['low', ['high', 'medium'], 'medium'],
    ['audio', ['high'], 'audio'],
  ] as const)('asked for %s of %j is %s', (max, allowed, rung) => {
    expect(chooseRung(max, allowed)).toBe(rung);
  });

  it('is told with a reason, and what it takes', () => {
    const settings = { canvas: { width: 1280, height: 720 }, fps: 25 };
    const auto = qualityMessage('high', 'auto', settings);
    expect(auto).toMatchObject({ type: 'quality', rung: 'high', reason: 'auto' });
    const asked = qualityMessage('audio', 'audio', settings);
    expect(asked).toEqual({
      type: 'quality',
      rung: 'audio',
      reason: 'requested',
      estimateKbps: 30,
    });
  });

  it('has the same names in the protocol and in the mixer', () => {
    expect(rungNames).toEqual(mixerRungs);
  });
});
