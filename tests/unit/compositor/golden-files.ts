import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas, ImageData, loadImage } from '@napi-rs/canvas';
import type { Frame } from 'node-av/lib';
import { converted } from './frames.ts';

const folder = fileURLToPath(new URL('../../golden', import.meta.url));
const failures = join(folder, 'failed');

/** A picture as PNG files have it. */
interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Names of the golden pictures there are. */
export function goldenNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.png'))
    .map((file) => basename(file, '.png'));
}

/**
 * Compares a picture with the golden one of that name. Writes the golden one instead where `UPDATE_GOLDEN=1`.
 *
 * @returns null, or a sentence that says what is wrong and where to see it
 */
export async function compareWithGolden(name: string, frame: Frame): Promise<string | null> {
  const path = join(folder, `${name}.png`);
  const actual = rgbaOf(frame);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, pngOf(actual));
    return null;
  }
  if (!existsSync(path)) {
    return `There is no ${relative('.', path)}: make it with UPDATE_GOLDEN=1, and look at it.`;
  }
  const golden = await readPng(path);
  const most = greatestDifference(actual, golden);
  if (most <= tolerance) return null;
  mkdirSync(failures, { recursive: true });
  const [seen, diff] = ['actual', 'diff'].map((kind) => join(failures, `${name}.${kind}.png`));
  writeFileSync(seen!, pngOf(actual));
  writeFileSync(diff!, pngOf(differenceOf(actual, golden)));
  return `${name} differs by ${most} of 255: see ${relative('.', seen!)} and ${relative('.', diff!)}.`;
}

/** Sides of the blocks whose means are compared: the smoothing of letters and edges differs between processors. */
const block = 4;
/** Of 255. Half of what an edge of some contrast makes that is off by a pixel. */
const tolerance = 12;

/** Of the blocks' means, in any of red, green and blue; Infinity for pictures of different sizes. */
function greatestDifference(a: Rgba, b: Rgba): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  let most = 0;
  for (let y = 0; y < a.height; y += block) {
    for (let x = 0; x < a.width; x += block) {
      for (let channel = 0; channel < 3; channel += 1) {
        const difference = Math.abs(meanAt(a, x, y, channel) - meanAt(b, x, y, channel));
        most = Math.max(most, difference);
      }
    }
  }
  return Math.round(most);
}

function meanAt({ data, width, height }: Rgba, x: number, y: number, channel: number): number {
  let sum = 0;
  let count = 0;
  for (let row = y; row < Math.min(y + block, height); row += 1) {
    for (let column = x; column < Math.min(x + block, width); column += 1) {
      sum += data[4 * (row * width + column) + channel]!;
      count += 1;
    }
  }
  return sum / count;
}

/** Red where they differ, over what is the case. */
function differenceOf(actual: Rgba, golden: Rgba): Rgba {
  const { width, height } = actual;
  const data = actual.data.map((value, at) => (at % 4 === 3 ? 255 : value / 4));
  for (let at = 0; at < data.length; at += 4) {
    const apart = [0, 1, 2].map((part) =>
      Math.abs(actual.data[at + part]! - (golden.data[at + part] ?? 0)),
    );
    data[at] = data[at]! + 6 * Math.max(...apart);
  }
  return { width, height, data };
}

function rgbaOf(frame: Frame): Rgba {
  const { width, height } = frame;
  const rgba = converted(frame.clone()!, 'rgba');
  const [stride] = rgba.linesize;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    data.set(rgba.data![0]!.subarray(row * stride!, row * stride! + 4 * width), row * 4 * width);
  }
  rgba.free();
  return { width, height, data };
}

function pngOf({ width, height, data }: Rgba): Buffer {
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.toBuffer('image/png');
}

async function readPng(path: string): Promise<Rgba> {
  const image = await loadImage(readFileSync(path));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return { width: image.width, height: image.height, data };
}
