import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketCache } from '../../../mcu/rtp/packet-cache.ts';
import './seeded.ts';

/** Sends `count` packets from `first` on, `gapMs` apart; returns the time of the last. */
function fill(cache: PacketCache, first: number, count: number, gapMs: number): number {
  for (let index = 0; index < count; index += 1) {
    const packet = cache.claim((first + index) & 0xffff, index * gapMs);
    packet.timestamp = first + index;
  }
  return (count - 1) * gapMs;
}

const held = (cache: PacketCache, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index).filter(
    (number) => cache.get(number & 0xffff)?.timestamp === number,
  );

describe('the packet cache', () => {
  it('holds exactly the last 1024 packets of a slow stream', () => {
    const cache = new PacketCache();
    fill(cache, 0, 3000, 20);
    expect(held(cache, 0, 3000)).toEqual(Array.from({ length: 1024 }, (_, i) => 3000 - 1024 + i));
  });

  it('holds every packet younger than two seconds of a fast stream', () => {
    const cache = new PacketCache();
    const now = fill(cache, 0, 6000, 0.5);
    for (let index = 0; index < 6000; index += 1) {
      if (now - index * 0.5 < 2000) expect(cache.get(index)?.timestamp).toBe(index);
    }
    expect(cache.get(0)).toBeUndefined();
  });

  it('stops growing at the hard limit', () => {
    const cache = new PacketCache({ minimumPackets: 4, maximumPackets: 16 });
    fill(cache, 0, 100, 0);
    expect(held(cache, 0, 100)).toEqual(Array.from({ length: 16 }, (_, i) => 84 + i));
  });

  it('works the same across the wrap-around, wherever it starts and however fast it goes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 65536 - 300, max: 65535 }),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(0, 5, 50, 300, 3000),
        (first, count, gapMs) => {
          const cache = new PacketCache({ minimumPackets: 64, maximumPackets: 256 });
          const now = fill(cache, first, count, gapMs);
          for (let index = 0; index < count; index += 1) {
            const age = now - index * gapMs;
            const behind = count - index;
            const packet = cache.get((first + index) & 0xffff);
            if (behind <= 64 || (age < 2000 && behind <= 256)) {
              expect(packet?.timestamp).toBe(first + index);
            } else if (packet !== undefined) {
              expect(packet.timestamp).toBe(first + index);
            }
          }
          expect(cache.get((first + count) & 0xffff)).toBeUndefined();
          expect(cache.get((first - 1) & 0xffff)).toBeUndefined();
        },
      ),
    );
  });

  it('never answers with a packet of 65536 numbers ago', () => {
    const cache = new PacketCache({ minimumPackets: 64 });
    fill(cache, 0, 65536 + 10, 1000);
    expect(cache.get(9)?.timestamp).toBe(65536 + 9);
    expect(cache.get(10)).toBeUndefined();
  });

  it('forgets when a packet was last resent once its record is used again', () => {
    const cache = new PacketCache({ minimumPackets: 1 });
    cache.claim(1, 0).resentAtMs = 5;
    const record = cache.claim(2, 5000);
    expect(record.resentAtMs).toBe(Number.NEGATIVE_INFINITY);
    expect(cache.get(1)).toBeUndefined();
    expect(cache.get(2)).toBe(record);
  });

  it('takes a second claim of one number for the same packet', () => {
    const cache = new PacketCache({ minimumPackets: 1, maximumPackets: 2 });
    expect(cache.claim(1, 0)).toBe(cache.claim(1, 0));
    cache.claim(2, 5000);
    expect(cache.get(1)).toBeUndefined();
  });

  it('refuses sizes that are not powers of two or contradict each other', () => {
    expect(() => new PacketCache({ minimumPackets: 1000 })).toThrow(/minimumPackets must be/);
    expect(() => new PacketCache({ maximumPackets: 65536 })).toThrow(/maximumPackets must be/);
    expect(() => new PacketCache({ minimumPackets: 64, maximumPackets: 32 })).toThrow(
      /must not be greater/,
    );
  });
});
