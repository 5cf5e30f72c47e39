import { describe, expect, it } from 'vitest';
import { ApiKey, cookiesOf, sessionMs } from '../../../mcu/gateway/api/api-key.ts';
import { parseStreamUrl, redacted } from '../../../mcu/gateway/live/stream-url.ts';

describe('the API key', () => {
  const key = new ApiKey('a key');
  const now = 1_000_000;

  it.each([
    ['Bearer a-key', true],
    ['bearer   a-key ', true],
    ['Bearer a-kez', false],
    ['Bearer a-key-and-more', false],
    ['Bearer', false],
    ['Bearer ', false],
    ['Basic a-key', false],
    ['a-key', false],
  ])('in %j: %s', (authorization, admitted) => {
    expect(new ApiKey('a-key').admits({ authorization }, now)).toBe(admitted);
  });

  it('makes cookies that end, hold no key and cannot be made by others', () => {
    const session = key.makeSession(now);
    expect(session).not.toContain('key');
    const admits = (value: string, at = now): boolean =>
      key.admits({ cookie: `x=1; onegrid_session=${value}` }, at);
    expect(admits(session)).toBe(true);
    expect(admits(session, now + sessionMs - 1)).toBe(true);
    expect(admits(session, now + sessionMs)).toBe(false);
    const [expires, signature] = session.split('.');
    expect(admits(`${String(Number(expires) + 1)}.${signature!}`)).toBe(false);
    expect(admits(`${expires!}.${'A'.repeat(43)}`)).toBe(false);
    expect(admits(`${expires!}.`)).toBe(false);
    expect(admits('')).toBe(false);
    expect(new ApiKey('another').admits({ cookie: `onegrid_session=${session}` }, now)).toBe(false);
    // A wrong header is not mended by a good cookie.
    expect(
      key.admits({ authorization: 'Bearer no', cookie: `onegrid_session=${session}` }, now),
    ).toBe(false);
  });

  it('finds its cookie among others', () => {
    expect(cookiesOf('a=1; b=2;b=3; ab=4', 'b')).toEqual(['2', '3']);
    expect(cookiesOf('', 'b')).toEqual([]);
  });
});

describe('the URL of a restream', () => {
  it.each([
    ['rtmp://a.example.org/app/key', 'rtmp://a.example.org/…'],
    ['rtmps://u:p@a.example.org:443/app/key', 'rtmps://a.example.org:443/…'],
    ['srt://[2001:db8::1]:9000?streamid=k', 'srt://[2001:db8::1]:9000/…'],
    ['srt://10.0.0.1:9000', 'srt://10.0.0.1:9000'],
    ['rtmp://a.example.org', 'rtmp://a.example.org'],
  ])('%s is shown as %s', (url, shown) => {
    expect(parseStreamUrl(url)).toEqual({ secret: url, shown });
  });

  it('takes its secrets out of errors, decoded ones too', () => {
    const url = parseStreamUrl('rtmp://me:pa%24%24word@h.example/app/stream%20key?auth=to-ken')!;
    const error = `Opening ${url.secret} failed: stream%20key, stream key, pa$$word, to-ken`;
    expect(redacted(error, url)).toBe(`Opening ${url.shown} failed: …, …, …, …`);
    expect(redacted('Connection refused', url)).toBe('Connection refused');
  });
});
