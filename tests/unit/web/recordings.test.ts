import { describe, expect, it } from 'vitest';
import type { RecordingState } from '../../../mcu/protocol/common.ts';
import { RecordingsApi, type ApiProblem } from '../../../web/lib/client/recordings.ts';
import { durationText, sizeText } from '../../../web/lib/format.ts';
import { recordingNews } from '../../../web/lib/recording-news.ts';
import { pathOfRecordings, routeOf } from '../../../web/lib/route.ts';

describe('what is said of a recording', () => {
  const at = (state: RecordingState | null, reason?: string) => ({
    recording: state === null ? null : { id: 'one', state, reason },
  });

  it('is that it began, and that it ended, once each', () => {
    const says = [
      null,
      'starting',
      'active',
      'active',
      'finishing',
      'complete',
      'complete',
    ] as const;
    const announced = says.map((state, index) =>
      index === 0 ? null : recordingNews(at(says[index - 1]!), at(state)).announcement,
    );
    expect(announced).toEqual([
      null,
      null,
      'This room is being recorded now.',
      null,
      'The recording has ended.',
      null,
      null,
    ]);
  });

  it('is told to who comes late, but not how an earlier one ended', () => {
    expect(recordingNews(null, at('active')).announcement).toBe('This room is being recorded.');
    expect(recordingNews(null, at('failed')).notice).toBeNull();
    expect(recordingNews(at(null), at('complete')).notice).toBeNull();
  });

  it('is how it turned out, also when the end was missed while reconnecting', () => {
    expect(recordingNews(at('active'), at('complete', 'stopped'))).toEqual({
      announcement: 'The recording has ended.',
      notice: 'The recording is ready.',
      plays: true,
    });
    expect(recordingNews(at('starting'), at('failed'))).toMatchObject({
      notice: 'The recording failed. Nothing of it can be played.',
      plays: false,
    });
    expect(recordingNews(at('active'), at(null))).toMatchObject({
      announcement: 'The recording has ended.',
      notice: null,
    });
  });
});

describe('the API of recordings', () => {
  const answering = (status: number, text: string) =>
    new RecordingsApi((path, { method }) => {
      asked.push(`${method} ${path}`);
      return Promise.resolve({ ok: status < 300, text: () => Promise.resolve(text) });
    });
  const asked: string[] = [];
  const one = { id: 'a', state: 'complete', startedAt: '2025-01-01T00:00:00Z', participants: [] };
  const later = { ...one, id: 'b', startedAt: '2025-01-02T00:00:00Z' };

  it('lists newest first, and leaves out what is no recording', async () => {
    const api = answering(200, JSON.stringify([one, null, 7, { id: 'c' }, later]));
    expect((await api.list('my room')).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(asked).toEqual(['GET /api/v1/recordings?room=my%20room']);
  });

  it.each<[number, string, ApiProblem]>([
    [401, '{"error":{"code":"unauthorized","message":""}}', 'unauthorized'],
    [502, '<html>', 'unreachable'],
    [500, '{}', 'internal'],
    [200, '{"hello":1}', 'internal'],
  ])('turns %s %s into a problem', async (status, text, problem) => {
    await expect(answering(status, text).list(null)).rejects.toMatchObject({ problem });
  });

  it('takes one that is gone already for deleted, and no other failure', async () => {
    await answering(404, '{"error":{"code":"not-found"}}').delete('a');
    await expect(answering(409, '{"error":{"code":"conflict"}}').delete('a')).rejects.toThrow();
    await answering(204, '').login('key');
  });
});

describe('figures', () => {
  it('are as on a player and in a file manager', () => {
    expect([0.4, 7, 750, 3723.2].map(durationText)).toEqual(['0:00', '0:07', '12:30', '1:02:03']);
    expect([740_000, 9_904_961, 123_456_789, 1_234_567_890].map(sizeText)).toEqual([
      '740 kB',
      '9.9 MB',
      '123 MB',
      '1.2 GB',
    ]);
  });
});

describe('paths', () => {
  it('lead to their pages', () => {
    expect(routeOf('/recordings/')).toEqual({ page: 'recordings' });
    expect(routeOf('/watch/Kitchen_1')).toEqual({ page: 'watch', room: 'Kitchen_1' });
    for (const path of ['/', '/r/kitchen', '/watch', '/watch/a/b', '/recordings/x']) {
      expect(routeOf(path)).toEqual({ page: 'call' });
    }
    expect(pathOfRecordings('a b')).toBe('/recordings?room=a%20b');
  });
});
