import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openOutput } from '../../../mixer/output/index.ts';
import { complaints, probe, rgb, sound } from './judge.ts';
import { feed, toRgb, toYuv, usual, useFolder } from './scene.ts';

Log.setLevel(AV_LOG_ERROR);

const folder = useFolder();

describe('wav', () => {
  it('has each sample in 16 bits, and sizes that are right', async () => {
    const path = folder.at('out.wav');
    const output = await openOutput(path, usual);
    expect([output.wantsVideo, output.wantsAudio]).toEqual([false, true]);
    await output.audio(Float32Array.of(0, 0.5, 1, -1, 2, -2));
    for (let count = 1; count < 5_000; count += 777) {
      await output.audio(new Float32Array(count).fill(1 / 4));
    }
    await output.finish();

    const file = readFileSync(path);
    const data = file.indexOf('data') + 8;
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect(file.readUInt32LE(data - 4)).toBe(file.length - data);
    const samples = Array.from({ length: 8 }, (_, index) => file.readInt16LE(data + 2 * index));
    expect(samples).toEqual([0, 16_384, 32_767, -32_768, 32_767, -32_768, 8192, 8192]);
    expect((file.length - data) / 2).toBe(6 + 1 + 778 + 1555 + 2332 + 3109 + 3886 + 4663);
    expect((await sound(path)).length).toBe((file.length - data) / 2);
    expect((await probe(path)).audio).toMatchObject({
      codec_name: 'pcm_s16le',
      sample_rate: '48000',
      channels: 1,
    });
    expect(await complaints(path)).toBe('');
  });

  it('ignores pictures', async () => {
    const output = await openOutput(folder.at('out.wav'), usual);
    await feed(output, 25);
    await output.finish();
    expect((await probe(folder.at('out.wav'))).video).toBeUndefined();
  });
});

describe('png', () => {
  const bars = [
    [255, 255, 255],
    [191, 191, 0],
    [0, 191, 191],
    [0, 255, 0],
    [191, 0, 191],
    [255, 0, 0],
    [30, 60, 250],
    [12, 12, 12],
  ];

  it.each(['bt601', 'bt709'] as const)(
    'is the first picture, pixel by pixel, in %s',
    async (matrix) => {
      const path = folder.at('out.png');
      const output = await openOutput(path, { ...usual, matrix });
      expect([output.wantsVideo, output.wantsAudio]).toEqual([true, false]);
      await feed(output, 3, {
        draw: (canvas, index) => {
          bars.forEach((colour, place) => {
            const area = { x: 40 * place, y: 0, width: 40, height: 180 };
            canvas.fill(area, index === 0 ? toYuv(colour, matrix) : [16, 128, 128]);
          });
        },
      });
      await output.finish();

      expect((await probe(path)).video).toMatchObject({
        width: 320,
        height: 180,
        pix_fmt: 'rgb24',
      });
      const pixels = await rgb(path);
      expect(pixels).toHaveLength(320 * 180 * 3);
      let worst = 0;
      for (let y = 0; y < 180; y += 1) {
        for (let x = 0; x < 320; x += 1) {
          // Colour is half as sharp as brightness: on the edges it is mixed.
          if (x % 40 < 2 || x % 40 > 37) continue;
          const expected = toRgb(toYuv(bars[Math.floor(x / 40)]!, matrix), matrix);
          const at = 3 * (320 * y + x);
          expected.forEach((value, channel) => {
            worst = Math.max(worst, Math.abs(pixels[at + channel]! - value));
          });
        }
      }
      expect(worst).toBeLessThanOrEqual(2);
    },
  );

  it('says so when it never got a picture', async () => {
    const output = await openOutput(folder.at('out.png'), usual);
    await expect(output.finish()).rejects.toThrow('No picture was given.');
    expect(folder.list()).toEqual([]);
  });
});
