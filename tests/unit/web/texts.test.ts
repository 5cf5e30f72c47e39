import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayNameSchema, roomNameSchema } from '../../../mcu/protocol/common.ts';
import { backoffDelayMs } from '../../../web/lib/client/backoff.ts';
import { nameProblem, roomProblem } from '../../../web/lib/client/validate.ts';
import { initials } from '../../../web/lib/initials.ts';
import { pathOfRoom, roomOfPath } from '../../../web/lib/route.ts';
import { closingSentence, qualitySentence, savingSentence } from '../../../web/lib/words.ts';

describe('what the lobby lets through', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 70 }),
    fc.string({ unit: 'grapheme', maxLength: 70 }),
    fc.stringMatching(/^[A-Za-z0-9_-]{0,70}$/),
  );

  it('is what the server takes: room names', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(roomProblem(text) === null).toBe(roomNameSchema.safeParse(text).success);
      }),
    );
  });

  it('is what the server takes: display names', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(nameProblem(text) === null).toBe(displayNameSchema.safeParse(text).success);
      }),
    );
  });

  it('says what is wrong', () => {
    expect(roomProblem('')).toBe('empty');
    expect(roomProblem('küche')).toBe('bad-characters');
    expect(roomProblem('a'.repeat(65))).toBe('too-long');
    expect(nameProblem('  ')).toBe('empty');
    expect(nameProblem('a\u0007b')).toBe('bad-characters');
    expect(nameProblem('👍'.repeat(64))).toBeNull();
    expect(nameProblem('👍'.repeat(65))).toBe('too-long');
  });
});

describe('paths', () => {
  it('lead to the room they were made for', () => {
    expect(roomOfPath(pathOfRoom('Kitchen_1'))).toBe('Kitchen_1');
    expect(roomOfPath('/r/kitchen/')).toBe('kitchen');
    expect(roomOfPath('/')).toBeNull();
    expect(roomOfPath('/r/a/b')).toBeNull();
    expect(roomOfPath('/r/%')).toBe('%');
  });
});

describe('initials', () => {
  it('are the first letters of the first and the last word', () => {
    expect(initials('Ana')).toBe('A');
    expect(initials('ana maria  lópez')).toBe('AL');
    expect(initials('李 小龍')).toBe('李小');
    expect(initials('')).toBe('?');
  });
});

describe('back-off', () => {
  it('grows, is random in its upper half, and never exceeds 3 s', () => {
    expect([0, 1, 2, 3, 4, 50].map((attempt) => backoffDelayMs(attempt, 1))).toEqual([
      300, 600, 1200, 2400, 3000, 3000,
    ]);
    expect(backoffDelayMs(0, 0)).toBe(150);
  });
});

describe('what is said of the quality', () => {
  it('is what one gets, and why it is no better', () => {
    expect(qualitySentence({ rung: 'medium', reason: 'bandwidth' })).toBe(
      'You get: Medium. Your network is too slow for more.',
    );
    expect(qualitySentence({ rung: 'medium', reason: 'server' })).toBe(
      'You get: Medium. The server is too busy for more.',
    );
    expect(qualitySentence({ rung: 'audio', reason: 'requested' })).toBe(
      'You get: Sound only, as you chose.',
    );
  });

  it('is what a choice takes, against the best', () => {
    expect(savingSentence('Low', 184, 1652)).toBe('Low takes 1.4 MB a minute instead of 12.4.');
  });
});

describe('the end of the server', () => {
  it.each([
    [0, '1 second'],
    [10_000, '10 seconds'],
    [120_000, '2 minutes'],
    [7_200_000, '2 hours'],
  ])('in %i ms is told in words', (inMs, time) => {
    expect(closingSentence(inMs)).toBe(
      `The server is about to stop. This call ends in ${time} at the latest.`,
    );
  });
});
