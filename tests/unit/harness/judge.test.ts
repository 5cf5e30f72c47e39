import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../harness/clips.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { decode, onsets, peak, pictureAt, probe, tones } from '../../harness/judge.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'judge-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A file made by ffmpeg itself, for what clips have not. */
async function made(name: string, ...args: string[]): Promise<string> {
  const file = join(folder, name);
  await printed('ffmpeg', ['-v', 'error', ...args, file]);
  return file;
}

// Many runs of ffmpeg, on a machine that may have more to do.
describe('the judge', { timeout: 60_000 }, () => {
  it('refuses to probe what is no media file', async () => {
    const file = join(folder, 'text.mp4');
    writeFileSync(file, 'not a film');
    await expect(probe(file)).rejects.toThrow('Invalid data');
  });

  it('takes the picture that is shown at a time', async () => {
    const file = await makeClip(folder, { seconds: 1, video: { picture: 'counter' } });
    const grey = async (at: Parameters<typeof pictureAt>[1]): Promise<number> =>
      (await pictureAt(file, at)).colourAt(100, 100, 50, 50)[0];
    for (const [frame, seconds] of [
      [3, 0.12],
      [3, 0.15],
      [24, 0.96],
    ] as const) {
      expect(await grey({ seconds })).toBe(await grey({ frame }));
    }
    expect(await grey({ frame: 4 })).not.toBe(await grey({ frame: 3 }));
    await expect(grey({ frame: 25 })).rejects.toThrow('has no frame 25');
  });

  it('tells files apart by what they decode to, not by their bytes', async () => {
    const video = { picture: 'testsrc2', seed: 1 } as const;
    const audio = { tone: 440 };
    const clip = await makeClip(folder, { seconds: 1, video, audio });
    const remuxed = await made('remuxed.mkv', '-i', clip, '-c', 'copy');
    const louder = await makeClip(folder, { seconds: 1, video, audio: { tone: 450 } });
    const [a, b, c] = await Promise.all([decode(clip), decode(remuxed), decode(louder)]);
    expect(a).toMatchObject({ errors: [], picture: b.picture });
    expect(a.picture).toBe(c.picture);
    expect(a.sound).not.toBe(c.sound);
    expect((await decode(await makeClip(folder, { seconds: 1, video }))).sound).toBeNull();
  });

  it('hears of damage', async () => {
    const clip = await makeClip(folder, {
      seconds: 1,
      container: 'ts',
      video: { picture: 'life' },
    });
    const bytes = readFileSync(clip);
    bytes.fill(0x55, bytes.length >> 2, bytes.length >> 1);
    const damaged = join(folder, 'damaged.ts');
    writeFileSync(damaged, bytes);
    expect((await decode(damaged)).errors).not.toEqual([]);
    writeFileSync(damaged, 'nothing');
    expect((await decode(damaged)).errors).not.toEqual([]);
  });

  it('measures a tone where it is', async () => {
    const file = await made(
      'tones.wav',
      ...[
        '-f',
        'lavfi',
        '-i',
        `aevalsrc='0.5*sin(2*PI*300*t)*lt(t,1)|0.5*sin(2*PI*300*t)*lt(t,1)':d=2`,
      ],
    );
    expect((await tones(file, [300], { to: 1 }))[0]).toBeCloseTo(-6, 1);
    expect((await tones(file, [600], { to: 1 }))[0]).toBeLessThan(-80);
    expect((await tones(file, [300], { from: 1 }))[0]).toBe(-200);
  });

  it('counts clipped samples', async () => {
    const sine = (amplitude: number): string[] => [
      ...['-f', 'lavfi', '-i', `aevalsrc='clip(${amplitude}*sin(2*PI*100*t),-1,1)':d=1`],
    ];
    const fine = await peak(await made('fine.wav', ...sine(0.9)));
    expect(fine.clipped).toBe(0);
    expect(fine.peak).toBeCloseTo(0.9, 3);
    // A sine is above half its peak for two thirds of the time.
    const { clipped } = await peak(await made('clipped.wav', ...sine(2)));
    expect(clipped / 44_100).toBeCloseTo(2 / 3, 2);
  });

  it.each(['mp4', 'mkv', 'ts'] as const)('finds flashes and beeps in a %s', async (container) => {
    const clip = { seconds: 6, container, marks: 2, video: { picture: '#203040' } } as const;
    const { flashes, beeps, offsets } = await onsets(
      await makeClip(folder, { ...clip, audio: { tone: 440, codec: 'aac' } }),
    );
    expect(beeps).toHaveLength(3);
    expect(flashes.map((at) => at - flashes[0]!)).toEqual(
      [0, 2, 4].map((at) => expect.closeTo(at, 3) as number),
    );
    for (const offset of offsets) expect(Math.abs(offset)).toBeLessThan(0.003);
    if (container === 'mp4') expect(flashes[0]).toBeCloseTo(1, 3);
  });

  it('sees by how much sound comes too late, even if it begins late and with gaps', async () => {
    const clip = await makeClip(folder, {
      ...{ seconds: 6, marks: 2, audio: { tone: 440, startsAt: 0.5 } },
      video: { picture: '#203040', startsAt: 0.7, variableFrameRate: true },
    });
    for (const offset of (await onsets(clip)).offsets) expect(Math.abs(offset)).toBeLessThan(0.003);
    const late = await made(
      'late.mp4',
      ...['-i', clip, '-itsoffset', '0.15', '-i', clip, '-map', '0:v', '-map', '1:a', '-c', 'copy'],
    );
    const { offsets } = await onsets(late);
    expect(offsets).toHaveLength(3);
    for (const offset of offsets) expect(offset).toBeCloseTo(0.15, 2);
  });
});
