import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inputErrorOf } from '../../../mixer/input/input-error.ts';
import { InputError, openMedia } from '../../../mixer/input/index.ts';
import { makeClip } from '../../harness/clips.ts';
import { make, scratchFolder } from './reading.ts';

const folder = scratchFolder();

const refusal = async (path: string): Promise<InputError> => {
  const error = await openMedia(path).then(
    (input) => {
      input.close();
      return null;
    },
    (error: unknown) => error,
  );
  if (!(error instanceof InputError)) throw new Error(`${path} was not refused.`);
  return error;
};

const written = (name: string, content: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('an input that cannot be used is refused in one sentence that names it', () => {
  const cases: [string, InputError['code'], RegExp, () => string | Promise<string>][] = [
    ['missing', 'not-found', /does not exist/, () => join(folder, 'nobody.mp4')],
    ['behind a file', 'not-found', /does not exist/, () => join(written('a', 'a'), 'b.mp4')],
    ['a directory', 'unreadable', /is a directory/, () => folder],
    ['a device', 'unreadable', /not a regular file/, () => '/dev/null'],
    ['empty', 'not-media', /is empty/, () => written('empty.mp4', '')],
    [
      'renamed text',
      'not-media',
      /no media file/,
      () => written('text.mp4', 'Hello. '.repeat(999)),
    ],
    ['text as a picture', 'not-media', /neither/, () => written('text.jpg', 'Hello. '.repeat(999))],
    ['a playlist', 'not-media', /no media file/, () => written('list.m3u8', playlist)],
    ['a list of files', 'not-media', /no media file/, () => written('list.mp4', fileList)],
    ['noise', 'not-media', /no media file/, () => written('noise.mp4', noise())],
    ['an mp4 cut off before its index', 'not-media', /damaged beyond use/, cutOff],
    ['subtitles only', 'not-media', /neither picture nor sound/, subtitles],
  ];

  it.each(cases)('%s', async (_name, code, sentence, path) => {
    const given = await path();
    const error = await refusal(given);
    expect(error).toMatchObject({ name: 'InputError', code, path: given });
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain(`"${given}"`);
    expect(error.message).toMatch(/^The input "[^"]+" [^."]+\.$/);
  });

  it('no permission', () => {
    // Nobody can take it from root, who may run the tests.
    const error = inputErrorOf('a.mp4', Object.assign(new Error(), { code: 'EACCES' }));
    expect(error).toMatchObject({ code: 'unreadable', path: 'a.mp4' });
    expect(error.message).toBe('The input "a.mp4" may not be read: permission denied.');
  });

  /** The same bytes every time; the xorshift of G. Marsaglia, 2003. */
  function noise(): Buffer {
    let state = 1;
    const bytes = Uint8Array.from({ length: 100_000 }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      return (state ^= state << 5);
    });
    return Buffer.from(bytes);
  }

  const playlist = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nseen.ts\n#EXT-X-ENDLIST\n';
  const fileList = "ffconcat version 1.0\nfile 'seen.ts'\n";

  /** What the lists name is there. */
  beforeAll(async () => {
    const seen = { seconds: 1, container: 'ts', video: { picture: '#808080' } } as const;
    writeFileSync(join(folder, 'seen.ts'), readFileSync(await makeClip(folder, seen)));
  });

  async function cutOff(): Promise<string> {
    const whole = readFileSync(
      await makeClip(folder, {
        ...{ seconds: 1, container: 'mp4' },
        video: { picture: 'testsrc2', size: [96, 64] },
      }),
    );
    return written('cut.mp4', whole.subarray(0, whole.length >> 1));
  }

  async function subtitles(): Promise<string> {
    const text = written('text.srt', '1\n00:00:00,000 --> 00:00:01,000\nHello\n');
    return make(join(folder, 'subtitles.mkv'), '-i', text);
  }
});
