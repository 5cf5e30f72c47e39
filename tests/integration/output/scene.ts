import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import type { YuvColour } from '../../../mixer/compositor/i420.ts';
import type { MediaOutput, OutputOptions } from '../../../mixer/output/index.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';

/** What the tests open their outputs with. */
export const usual: OutputOptions = {
  width: 320,
  height: 180,
  fps: 25,
  bitrate: 400_000,
  matrix: 'bt601',
  overwrite: false,
};

/** An empty folder for each test of the file, removed after it. */
export function useFolder(): {
  readonly at: (name: string) => string;
  readonly list: () => string[];
} {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'output-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { at: (name) => join(folder, name), list: () => readdirSync(folder).sort() };
}

/** What is seen and heard at picture number `index`. */
export interface Scene {
  /** Draws the picture. */
  readonly draw?: (canvas: Canvas, index: number) => void;
  /** The sample at a time in seconds. */
  readonly sample?: (seconds: number) => number;
}

/** A grey that a picture's number can be told from. */
export const numbered = (canvas: Canvas, index: number) =>
  canvas.fill({ x: 0, y: 0, width: canvas.width, height: canvas.height }, [
    20 + ((index * 37) % 200),
    128,
    128,
  ]);

/** Something that is hard to compress. */
export function noise({ planes }: Canvas, index: number): void {
  let state = index + 1;
  for (const { data } of planes) {
    for (let at = 0; at < data.length; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      data[at] = 64 + (state >>> 25);
    }
  }
}

/** How much red and blue count in the brightness. */
const weights = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;

/** A colour in limited-range YUV. */
export function toYuv(rgb: readonly number[], matrix: 'bt601' | 'bt709'): YuvColour {
  const [red, green, blue] = rgb as [number, number, number];
  const [kr, kb] = weights[matrix];
  const luma = kr * red + (1 - kr - kb) * green + kb * blue;
  return [
    Math.round(16 + (219 * luma) / 255),
    Math.round(128 + (112 * (blue - luma)) / (1 - kb) / 255),
    Math.round(128 + (112 * (red - luma)) / (1 - kr) / 255),
  ];
}

/** The colour that a limited-range YUV value stands for. */
export function toRgb([y, u, v]: YuvColour, matrix: 'bt601' | 'bt709'): number[] {
  const [kr, kb] = weights[matrix];
  const luma = ((y - 16) * 255) / 219;
  const blue = luma + ((u - 128) * 255 * (1 - kb)) / 112;
  const red = luma + ((v - 128) * 255 * (1 - kr)) / 112;
  const green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  return [red, green, blue].map((value) => Math.min(255, Math.max(0, value)));
}

/** Feeds an output with pictures and as much sound. The output stays unfinished. */
export async function feed(
  output: MediaOutput,
  pictures: number,
  { draw = numbered, sample = () => 0 }: Scene = {},
  { width, height, fps }: OutputOptions = usual,
): Promise<void> {
  const canvas = new Canvas(width, height);
  try {
    let heard = 0;
    for (let index = 0; index < pictures; index += 1) {
      canvas.beginDrawing();
      draw(canvas, index);
      await output.video(canvas.frame, index);
      const end = Math.round(((index + 1) * 48_000) / fps);
      const samples = Float32Array.from({ length: end - heard }, (_, at) =>
        sample((heard + at) / 48_000),
      );
      await output.audio(samples);
      heard = end;
    }
  } finally {
    canvas.close();
  }
}
