import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMedia } from '../../../mixer/input/index.ts';
import { makeClip } from '../../harness/clips.ts';
import { nativeInUse } from '../../harness/memory.ts';
import { until } from '../../harness/until.ts';
import { scratchFolder } from './reading.ts';

const folder = scratchFolder();
let path: string;

beforeAll(async () => {
  path = await makeClip(folder, {
    ...{ seconds: 2, container: 'mp4' },
    video: { picture: 'testsrc2', size: [320, 180], rotation: 90 },
    audio: { tone: 440, sampleRate: 44_100 },
  });
});

describe('an input', () => {
  it('can be closed twice, and while it decodes', async () => {
    const input = await openMedia(path);
    const coming = input.pictureAt(1);
    input.close();
    input.close();
    await coming.catch(() => null);
  });

  it('refuses to be read once it is closed', async () => {
    const input = await openMedia(path);
    input.close();
    await expect(input.pictureAt(0)).rejects.toThrow('closed');
    await expect(input.samples(10)).rejects.toThrow('closed');
  });

  it('can be closed while it looks for a place far ahead', async () => {
    const long = await makeClip(folder, {
      ...{ seconds: 30, container: 'ts' },
      video: { picture: 'counter', size: [96, 64], fps: 5 },
    });
    const input = await openMedia(long);
    const coming = input.pictureAt(25);
    input.close();
    await expect(coming).resolves.toBeNull();
  });

  it('keeps no file open once it is closed, nor one that it refuses', async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const broken = join(folder, 'broken.mp4');
    writeFileSync(broken, 'no media');
    const before = open();
    for (let round = 0; round < 10; round += 1) {
      const input = await openMedia(path);
      await input.pictureAt(0.5);
      await input.samples(9600);
      expect(open()).toBeGreaterThan(before);
      input.close();
      await openMedia(broken).catch(() => null);
    }
    // A close waits for what is being decoded.
    await until(() => open() <= before);
  });

  it('decodes no more than a few pictures that nobody asks for', async () => {
    const long = await makeClip(folder, {
      ...{ seconds: 30, container: 'mp4' },
      video: { picture: 'testsrc2', size: [640, 360] },
      audio: { tone: 440 },
    });
    const input = await openMedia(long);
    await input.pictureAt(0);
    const before = await nativeInUse();
    // The sound is read to its end, and the pictures are not: these do not pile up.
    for (let second = 0; second < 30; second += 1) await input.samples(48_000);
    expect((await nativeInUse()) - before).toBeLessThan(30e6);
    input.close();
  });
});
