import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../../mixer/ffmpeg/redact.ts';

describe('what ffmpeg prints', () => {
  it('keeps of a URL its scheme and host alone', () => {
    const redact = redactor([]);
    expect(redact('rtmp://a.example/live/cat?k=1: Connection refused')).toBe(
      'rtmp://a.example/… Connection refused',
    );
    expect(redact("'https://ann:pw@b.example:8443/x.m3u8'")).toBe("'https://b.example:8443/…'");
    expect(redact('srt://[::1]:9000?passphrase=hush')).toBe('srt://[::1]:9000/…');
  });

  it('keeps file names, times and numbers', () => {
    const text = '/tmp/a.mp4: file:///tmp/b.mp4 at 00:00:01.5, 48 frames, C:\\clips\\c.mp4';
    expect(redactor(['-i', '/tmp/a.mp4', '-g', '48'])(text)).toBe(text);
  });

  it('loses a stream key even where it stands alone, or decoded', () => {
    const redact = redactor([
      '-f',
      'flv',
      'rtmps://me:p%40ssword@a.example/app/live_123_abc?auth=zxcv',
    ]);
    expect(redact('stream live_123_abc of me: p@ssword, zxcv is bad')).toBe(
      'stream … of me: …, … is bad',
    );
  });

  it('loses the values of options that hold secrets', () => {
    const redact = redactor([
      '-passphrase',
      'swordfish',
      '-headers',
      'Cookie: id=77',
      '-g',
      'fish',
    ]);
    expect(redact('swordfish fish; Cookie: id=77')).toBe('… fish; …');
  });

  it('never shows the key of any URL it was given', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/);
    fc.assert(
      fc.property(key, fc.string(), fc.string(), (secret, before, after) => {
        const url = `rtmp://host.example/app/${secret}`;
        const printed = redactor(['-i', 'x.mp4', url])(
          `${before}${secret}${after} ${url}: ${secret}`,
        );
        expect(printed).not.toContain(secret);
      }),
    );
  });
});
