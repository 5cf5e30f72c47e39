import { expect, it } from 'vitest';
import { withToken } from '../../../mcu/gateway/live/hls-token.ts';

it('a playlist hands its token on to every file it names, and changes nothing else', () => {
  const playlist = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-MAP:URI="init-a.mp4"',
    '#EXT-X-PROGRAM-DATE-TIME:2026-03-04T05:06:07.089Z',
    '#EXTINF:2.000,',
    'a-1.m4s',
    '#EXT-X-DISCONTINUITY',
    '#EXTINF:2.000,',
    'a-2.m4s',
    '',
  ];
  const expected = playlist.map((line) =>
    line.replace('init-a.mp4', 'init-a.mp4?token=x.y.z').replace(/^(a-\d\.m4s)$/, '$1?token=x.y.z'),
  );
  expect(withToken(playlist.join('\n'), 'x.y.z').split('\n')).toEqual(expected);
});
