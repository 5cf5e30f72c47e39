import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FfmpegMissing, findFfmpeg, findFfprobe } from '../../../mixer/ffmpeg/index.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';
import { fakeProgram, saysVersion } from './fake-ffmpeg.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'ffmpeg-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const none = (): null => null;
// The shell that runs the fakes needs no PATH: they use nothing but what is built into it.
const path = (...names: string[]): string =>
  names.map((name) => join(folder, name)).join(delimiter);
const fake = (name: string, version: string, program?: string): string =>
  fakeProgram(join(folder, name), saysVersion(version, program));

describe('ffmpeg is looked for', () => {
  it('where FFMPEG_PATH says, before anywhere else', async () => {
    const chosen = fake('chosen', '7.1');
    const bundled = fake('bundled', '6.0');
    fake('bin/ffmpeg', '5.1');
    const found = await findFfmpeg({ FFMPEG_PATH: chosen, PATH: path('bin') }, () => bundled);
    expect(found).toMatchObject({ path: chosen, source: 'FFMPEG_PATH', version: '7.1' });
  });

  it('in ffmpeg-static, before PATH', async () => {
    const bundled = fake('bundled', '6.0');
    fake('bin/ffmpeg', '5.1');
    const found = await findFfmpeg({ PATH: path('bin') }, () => bundled);
    expect(found).toMatchObject({ path: bundled, source: 'ffmpeg-static', version: '6.0' });
  });

  it('on PATH when ffmpeg-static has no binary, because its download failed', async () => {
    const onPath = fake('bin/ffmpeg', '5.1.9-0+deb12u1');
    const environment = { PATH: path('empty', 'bin') };
    for (const bundled of [none, () => join(folder, 'never-downloaded')]) {
      const found = await findFfmpeg(environment, bundled);
      expect(found).toMatchObject({ path: onPath, source: 'PATH', version: '5.1.9-0+deb12u1' });
    }
  });
});

describe('without ffmpeg', () => {
  it('one sentence says what to do', async () => {
    for (const PATH of ['', path('empty')]) {
      const error: unknown = await findFfmpeg({ PATH }, none).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FfmpegMissing);
      expect((error as Error).message).toMatch(
        /^There is no ffmpeg: install it .*FFMPEG_PATH.*\.$/,
      );
    }
  });

  it('something else on PATH with its name is not taken for it', async () => {
    fakeProgram(join(folder, 'bin/ffmpeg'), 'echo hello');
    await expect(findFfmpeg({ PATH: path('bin') }, none)).rejects.toThrow(FfmpegMissing);
  });

  it('a wrong FFMPEG_PATH is an error that names it, even when there is one on PATH', async () => {
    fake('bin/ffmpeg', '5.1');
    const text = join(folder, 'text');
    writeFileSync(text, 'not a program');
    const wrong = [
      join(folder, 'missing'),
      text,
      folder,
      fakeProgram(join(folder, 'other'), 'echo other version 1'),
      fakeProgram(join(folder, 'broken'), `${saysVersion('5.1')}; exit 1`),
    ];
    for (const FFMPEG_PATH of wrong) {
      const finding = findFfmpeg({ FFMPEG_PATH, PATH: path('bin') }, none);
      await expect(finding).rejects.toThrow(FfmpegMissing);
      await expect(finding).rejects.toThrow(`FFMPEG_PATH is ${FFMPEG_PATH}, which is not`);
    }
  });
});

describe('ffprobe is looked for', () => {
  it('where FFPROBE_PATH says, then beside ffmpeg, then on PATH', async () => {
    const ffmpeg = await findFfmpeg({ FFMPEG_PATH: fake('a/ffmpeg', '5.1') }, none);
    const chosen = fake('chosen', '5.1', 'ffprobe');
    const onPath = fake('b/ffprobe', '5.1', 'ffprobe');
    const environment = { PATH: path('b') };
    expect(await findFfprobe(ffmpeg, environment)).toBe(onPath);
    const beside = fake('a/ffprobe', '5.1', 'ffprobe');
    expect(await findFfprobe(ffmpeg, environment)).toBe(beside);
    expect(await findFfprobe(ffmpeg, { ...environment, FFPROBE_PATH: chosen })).toBe(chosen);
  });

  it('and may be missing; but a wrong FFPROBE_PATH is an error', async () => {
    const ffmpeg = await findFfmpeg({ FFMPEG_PATH: fake('a/ffmpeg', '5.1') }, none);
    expect(await findFfprobe(ffmpeg, { PATH: '' })).toBeNull();
    const finding = findFfprobe(ffmpeg, { FFPROBE_PATH: ffmpeg.path });
    await expect(finding).rejects.toThrow(`FFPROBE_PATH is ${ffmpeg.path}, which is not`);
  });
});

describe('what an ffmpeg can do', () => {
  /** An ffmpeg that keeps count of the questions, and answers as a version of the real one does. */
  const answering = async (
    muxers: string,
  ): Promise<{ ffmpeg: Awaited<ReturnType<typeof findFfmpeg>>; asked: string }> => {
    const asked = join(folder, 'asked');
    const script = `
${saysVersion('5.1')} && exit
echo "$2" >> ${asked}
case "$2" in
-encoders) echo 'Encoders:
 V..... = Video
 .....D = Supports direct rendering method 1
 ------
 V....D libx264              libx264 H.264 / AVC (codec h264)
 A..X.. opus                 Opus' ;;
-muxers) echo '${muxers}' ;;
-protocols) echo 'Supported file protocols:
Input:
  concat
  file
Output:
  file
  rtmp' ;;
esac`;
    const FFMPEG_PATH = fakeProgram(join(folder, 'ffmpeg'), script);
    return { ffmpeg: await findFfmpeg({ FFMPEG_PATH }, none), asked };
  };
  const before7 = `File formats:
 D. = Demuxing supported
 .E = Muxing supported
 --
  E dash            DASH Muxer
  E mov             QuickTime / MOV
  E stream_segment,ssegment streaming segment muxer`;
  const since7 = `Muxers:
 D.. = Demuxing supported
 .E. = Muxing supported
 ..d = Is a device
 ---
  E  dash            DASH Muxer
  Ed alsa            ALSA audio output
  E  mov             QuickTime / MOV
  E  stream_segment,ssegment streaming segment muxer`;

  it.each([before7, since7])('is read from its lists', async (muxers) => {
    const { ffmpeg } = await answering(muxers);
    expect(await ffmpeg.hasEncoder('libx264')).toBe(true);
    expect(await ffmpeg.hasEncoder('opus')).toBe(true);
    expect(await ffmpeg.hasEncoder('=')).toBe(false);
    expect(await ffmpeg.hasEncoder('libx265')).toBe(false);
    for (const name of ['dash', 'mov', 'ssegment']) expect(await ffmpeg.hasMuxer(name)).toBe(true);
    for (const name of ['=', 'mp4', 'd', 'Muxing']) expect(await ffmpeg.hasMuxer(name)).toBe(false);
    expect(await ffmpeg.hasProtocol('rtmp')).toBe(true);
    expect(await ffmpeg.hasProtocol('concat')).toBe(false);
  });

  it('is asked once, and only when somebody wants to know', async () => {
    const { ffmpeg, asked } = await answering(before7);
    await Promise.all([ffmpeg.hasEncoder('libx264'), ffmpeg.hasEncoder('aac')]);
    await ffmpeg.hasMuxer('mov');
    await ffmpeg.hasEncoder('vp8');
    expect(readFileSync(asked, 'utf8')).toBe('-encoders\n-muxers\n');
  });
});
