import { type Canvas, yuvOf } from '../../mixer/compositor/index.ts';
import type { Painter, Pictures } from './pictures.ts';

/** Colours that are told apart even in a small tile after two encodes, as 0xRRGGBB. */
export const colours = [
  0xd03030, 0x30a050, 0x3050d8, 0xd8c030, 0xb040c0, 0x30b8c0, 0xe08030, 0x70408a, 0x98c838,
  0xe080a8, 0x206060, 0x805030,
] as const;

const loopSeconds = 4;
/** Side of the square of grain that wanders over the picture; a power of two. */
const grainSide = 256;
/** How far grain goes up and down in luma. */
const grainSteps = 14;

let grain: Uint8Array | undefined;

/** The same grain in every run (a linear congruential generator). */
function grainOf(): Uint8Array {
  if (grain !== undefined) return grain;
  grain = new Uint8Array(grainSide * grainSide);
  let state = 1;
  for (const index of grain.keys()) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    grain[index] = (state >>> 24) % grainSteps;
  }
  return grain;
}

/**
 * A generated clip in one of {@link colours}: stripes of light and grain that move, as costly to code as a person before
 * a wall, and in the middle a plain block that sways, by which the clip can be recognized.
 *
 * @param colour - Which of the colours; taken modulo their number.
 */
export function generatedPictures(colour: number): Pictures {
  const index = colour % colours.length;
  return {
    id: `generated-${index}`,
    seconds: loopSeconds,
    open: (width, height) => new GeneratedPainter(colours[index] ?? 0, width, height),
  };
}

class GeneratedPainter implements Painter {
  readonly #colour: readonly [number, number, number];
  readonly #width: number;
  readonly #height: number;

  constructor(rgb: number, width: number, height: number) {
    this.#colour = yuvOf(rgb);
    this.#width = width;
    this.#height = height;
  }

  paint(canvas: Canvas, index: number, fps: number): void {
    const [luma, u, v] = canvas.planes;
    const seconds = index / fps;
    const texture = grainOf();
    const shift = Math.round(seconds * 40);
    // Grain is as fine in a small picture as in a large one; stripes and speed go by the size.
    const stripe = 256 / this.#height;
    for (let y = 0; y < this.#height; y += 1) {
      const row = y * luma.stride;
      const grainRow = ((y + shift) & (grainSide - 1)) * grainSide;
      for (let x = 0; x < this.#width; x += 1) {
        const wave = ((x + y) * stripe + seconds * 64) & 255;
        const light = wave < 128 ? wave : 255 - wave;
        luma.data[row + x] =
          60 + (light >> 1) + (texture[grainRow + ((x + shift) & (grainSide - 1))] ?? 0);
      }
    }
    const [, chromaU, chromaV] = this.#colour;
    for (const [plane, value] of [
      [u, chromaU],
      [v, chromaV],
    ] as const) {
      for (let y = 0; y < this.#height / 2; y += 1) {
        plane.data.fill(value, y * plane.stride, y * plane.stride + this.#width / 2);
      }
    }
    canvas.fill(this.#block(seconds), this.#colour);
  }

  close(): void {
    // Holds nothing.
  }

  /** Covers the middle at every moment. */
  #block(seconds: number): { x: number; y: number; width: number; height: number } {
    const even = (value: number): number => 2 * Math.round(value / 2);
    const sway = 0.08 * Math.sin((2 * Math.PI * seconds) / loopSeconds);
    return {
      x: even(this.#width * (0.3 + sway)),
      y: even(this.#height * 0.25),
      width: even(this.#width * 0.4),
      height: even(this.#height * 0.5),
    };
  }
}
