import { describe, expect, it } from 'vitest';
import { layoutModes, type LayoutMode, type Participant } from '../../../mcu/protocol/common.ts';
import { chooseMode, togglePin } from '../../../web/lib/pinning.ts';
import { pinName, withSigns } from '../../../web/lib/words.ts';

const person = (id: string, source: Participant['source'] = 'camera'): Participant => ({
  id,
  name: id,
  role: 'guest',
  audio: true,
  video: true,
  source,
  hand: false,
  joinedAt: '2026-01-05T10:00:00.000Z',
});
const viewOf = (
  mode: LayoutMode,
  pinned: string | null,
  participants = [person('a'), person('b')],
) => ({
  mode,
  pinned,
  participants,
});

describe('pinning', () => {
  it('pins the very one, large, in every mode', () => {
    for (const mode of layoutModes) {
      const { mode: next, pinned } = togglePin(viewOf(mode, null), 'b', null);
      expect(pinned).toBe('b');
      expect(next).toBe(mode === 'auto' || mode === 'grid' ? 'speaker' : mode);
    }
  });

  it('goes from one to another', () => {
    expect(togglePin(viewOf('speaker', 'a'), 'b', 'grid')).toEqual({
      mode: 'speaker',
      pinned: 'b',
    });
  });

  it('goes back to what it was before, or to auto where that is not known', () => {
    expect(togglePin(viewOf('speaker', 'b'), 'b', 'grid')).toEqual({ mode: 'grid', pinned: null });
    expect(togglePin(viewOf('speaker', 'b'), 'b', null)).toEqual({ mode: 'auto', pinned: null });
    expect(togglePin(viewOf('pip', 'b'), 'b', null)).toEqual({ mode: 'pip', pinned: null });
  });

  it('shows a person large beside a screen, and leaves a screen where it is', () => {
    const sharing = [person('a', 'screen'), person('b')];
    expect(togglePin(viewOf('presentation', null, sharing), 'b', null).mode).toBe('speaker');
    expect(togglePin(viewOf('presentation', null, sharing), 'a', null).mode).toBe('presentation');
  });

  it('lasts through another mode that has a large tile', () => {
    expect(chooseMode({ pinned: 'a' }, 'pip')).toEqual({ mode: 'pip', pinned: 'a' });
    expect(chooseMode({ pinned: 'a' }, 'grid')).toEqual({ mode: 'grid', pinned: null });
  });

  it('is what the button says', () => {
    const view = { selfId: 'a', pinned: 'b' };
    expect(pinName(view, person('a'))).toBe('Pin a (you)');
    expect(withSigns(pinName(view, person('b')), false)).toBe('Unpin b, muted');
  });
});
