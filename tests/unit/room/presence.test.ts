import { describe, expect, it } from 'vitest';
import { Presence, videoStallMs } from '../../../mcu/room/presence.ts';

describe('presence', () => {
  it('tells a stalled picture from silence', () => {
    const presence = new Presence(1000);
    expect(presence.hasPicture(1000)).toBe(false);
    presence.picture(2000);
    expect(presence.hasPicture(2000 + videoStallMs - 1)).toBe(true);
    presence.heard(4000);
    expect(presence.hasPicture(2000 + videoStallMs)).toBe(false);
    expect(presence.silentFor(9000)).toBe(5000);
  });

  it('is heard by packets that came between two looks, not by those of before', () => {
    const presence = new Presence(0);
    presence.received(100, 1000);
    presence.received(100, 2000);
    expect(presence.silentFor(2000)).toBe(2000);
    presence.received(101, 3000);
    expect(presence.silentFor(3000)).toBe(0);
    presence.countAnew();
    presence.received(200, 4000);
    expect(presence.silentFor(4000)).toBe(1000);
  });
});
