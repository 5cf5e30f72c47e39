import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HlsCuts } from '../../../mixer/output/live/hls-cuts.ts';
import {
  append,
  emptyPlaylist,
  forget,
  type Playlist,
  readPlaylist,
  slide,
  writePlaylist,
} from '../../../mixer/output/live/hls-playlist.ts';

/** Where segments begin, of these keyframes (ms). */
function cutsOf(keyframes: readonly number[], segmentSeconds = 2): number[] {
  const cuts = new HlsCuts(segmentSeconds, keyframes[0]!);
  return keyframes.slice(1).filter((atMs) => cuts.isCut(atMs));
}

describe('segments', () => {
  it('are cut at the keyframes of the schedule', () => {
    expect(cutsOf([0, 2000, 4000, 6000])).toEqual([2000, 4000, 6000]);
    expect(cutsOf([0, 2000, 4000, 6000, 8000, 10_000], 4)).toEqual([4000, 8000]);
  });

  it('begin with whichever comes first, and are never longer than they should be', () => {
    fc.assert(
      fc.property(fc.nat(1999), fc.constantFrom(2, 4, 6), (phase, seconds) => {
        const schedule = Array.from({ length: 20 }, (_, index) => phase + index * 2000);
        const keyframes = phase === 0 ? schedule : [0, ...schedule];
        const starts = [0, ...cutsOf(keyframes, seconds)];
        for (let index = 1; index < starts.length; index += 1) {
          const length = starts[index]! - starts[index - 1]!;
          expect(length).toBeLessThanOrEqual(1000 * seconds + 30);
          if (index > 1) expect(length).toBe(1000 * seconds);
        }
      }),
    );
  });
});

const segment = (number: number, discontinuity = false, seconds = 2) => ({
  name: `0a-0-${String(number)}.m4s`,
  init: 'init-0a-0.mp4',
  seconds,
  dateMs: 1_700_000_000_000 + number * 2000,
  discontinuity,
});

describe('a playlist', () => {
  const filled = (count: number): Playlist =>
    Array.from({ length: count }, (_, number) => segment(number, number === 2)).reduce(
      append,
      emptyPlaylist(2),
    );

  it('slides over the stream, and counts what has left it', () => {
    const { playlist, removed } = slide(filled(6), 6);
    expect(removed.map(({ name }) => name)).toEqual(['0a-0-0.m4s', '0a-0-1.m4s', '0a-0-2.m4s']);
    expect(playlist).toMatchObject({ mediaSequence: 3, discontinuitySequence: 1 });
    expect(slide(filled(1), 1).removed).toEqual([]);
  });

  it('forgets what is too old, also all of it, and its numbers go on rising', () => {
    const { playlist } = forget(filled(4), Infinity);
    expect(playlist).toMatchObject({ mediaSequence: 4, discontinuitySequence: 1, segments: [] });
  });

  it('is read as it was written', () => {
    const { playlist } = slide(filled(8), 10);
    expect(readPlaylist(writePlaylist(playlist, true))).toEqual(playlist);
    expect(readPlaylist('')).toBeNull();
    expect(readPlaylist(writePlaylist(filled(2), false).replace('0a-0-1', '../x'))).toBeNull();
  });

  it('has a target that no segment exceeds', () => {
    const playlist = append(filled(2), segment(2, false, 3.6));
    expect(playlist.targetSeconds).toBe(4);
    expect(writePlaylist(playlist, false)).toContain('#EXT-X-TARGETDURATION:4\n');
  });
});
