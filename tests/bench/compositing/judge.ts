import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { bytesOf, canvas, source } from './task.ts';

/** The worst tile of a composite, against the same pictures scaled by somebody else. */
export interface Verdict {
  /** Composites that came out. */
  readonly frames: number;
  /** Least luma PSNR of a tile, without its finest detail, dB. */
  readonly psnr: number;
  /** Greatest difference of a tile's mean Y, U or V. */
  readonly colour: number;
  /** What is wrong, or null. */
  readonly wrong: string | null;
}

/**
 * Two ways to scale differ in fine detail, so what is compared are the means of so many by so many pixels. Another picture,
 * one of another moment, or one that is some pixels off is much below that.
 */
const block = 4;
const leastPsnr = 32;
const mostColour = 2;

/**
 * Looks at the composites that a contender wrote: as many as asked for, of the size asked for, and in every tile the picture
 * of that source and moment, as ffmpeg scales it (`lanczos`, which no contender uses).
 * @param file - raw I420
 * @param sources - a raw file for each tile
 */
export async function judge(
  file: string,
  sources: readonly string[],
  tiles: readonly Rectangle[],
  frames: number,
): Promise<Verdict> {
  const found = statSync(file).size / bytesOf(canvas);
  if (found !== frames) {
    const wrong = `${found} pictures came out, and not ${frames}`;
    return { frames: Math.floor(found), psnr: 0, colour: 255, wrong };
  }
  const moment = frames >> 1;
  const picture = readPicture(file, moment);
  let [psnr, colour] = [Infinity, 0];
  for (const [index, path] of sources.entries()) {
    const tile = tiles[index]!;
    const wanted = await scaled(path, moment % (statSync(path).size / bytesOf(source)), tile);
    // The middle: ours has round corners.
    const [left, top] = [even(tile.width / 10), even(tile.height / 10)];
    const part = { x: left, y: top, width: tile.width - 2 * left, height: tile.height - 2 * top };
    const theirs = planesOf(picture, canvas, {
      ...part,
      x: tile.x + part.x,
      y: tile.y + part.y,
    });
    const reference = planesOf(wanted, tile, part);
    psnr = Math.min(psnr, psnrOf(coarse(theirs[0]!, part), coarse(reference[0]!, part)));
    for (const [plane, samples] of theirs.entries()) {
      colour = Math.max(colour, Math.abs(mean(samples) - mean(reference[plane]!)));
    }
  }
  const wrong =
    psnr < leastPsnr
      ? `a tile is not the picture it should be (${psnr.toFixed(1)} dB)`
      : colour > mostColour
        ? `a tile's colour is off by ${colour.toFixed(1)}`
        : null;
  return { frames, psnr: Number(psnr.toFixed(1)), colour: Number(colour.toFixed(2)), wrong };
}

const even = (value: number): number => 2 * Math.round(value / 2);

function readPicture(file: string, index: number): Buffer {
  const picture = Buffer.alloc(bytesOf(canvas));
  const descriptor = openSync(file, 'r');
  readSync(descriptor, picture, 0, picture.length, index * picture.length);
  closeSync(descriptor);
  return picture;
}

async function scaled(file: string, index: number, { width, height }: Rectangle): Promise<Buffer> {
  const { stdout } = await printed('ffmpeg', [
    ...['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
    ...['-s', `${source.width}x${source.height}`, '-i', file],
    ...['-vf', `select=eq(n\\,${index}),scale=${width}:${height}:flags=lanczos+accurate_rnd`],
    ...['-frames:v', '1', '-f', 'rawvideo', '-'],
  ]);
  return stdout;
}

/** The samples of a part, even sides, of an I420 picture. */
function planesOf(
  picture: Buffer,
  { width, height }: { width: number; height: number },
  part: Rectangle,
): Uint8Array[] {
  const luma = width * height;
  const cut = (from: number, stride: number, by: number): Uint8Array => {
    const [columns, rows] = [part.width / by, part.height / by];
    const samples = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row += 1) {
      const at = from + (part.y / by + row) * stride + part.x / by;
      samples.set(picture.subarray(at, at + columns), row * columns);
    }
    return samples;
  };
  return [cut(0, width, 1), cut(luma, width / 2, 2), cut(luma * 1.25, width / 2, 2)];
}

/** Means of blocks; what does not fill one is left out. */
function coarse(samples: Uint8Array, { width, height }: Rectangle): Float64Array {
  const [columns, rows] = [Math.floor(width / block), Math.floor(height / block)];
  const means = new Float64Array(columns * rows);
  for (let y = 0; y < rows * block; y += 1) {
    for (let x = 0; x < columns * block; x += 1) {
      const at = Math.floor(y / block) * columns + Math.floor(x / block);
      means[at]! += samples[y * width + x]! / block ** 2;
    }
  }
  return means;
}

const mean = (samples: Uint8Array): number =>
  samples.reduce((sum, value) => sum + value, 0) / samples.length;

function psnrOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at]! - b[at]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}
