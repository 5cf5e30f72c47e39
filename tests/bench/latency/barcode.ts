import type { Canvas } from '../../../mixer/compositor/index.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import type { Painter, Pictures } from '../../../mcu/load/index.ts';
import type { DecodedPicture } from '../mcu/decode.ts';

/** Bits of a number; each has a second bar that is its opposite. */
const bits = 8;
const bars = 2 * bits;
/** Where the bars are, as parts of the height: above the name. */
const [top, bottom] = [0.1, 0.3];
const white = [235, 128, 128] as const;
const black = [16, 128, 128] as const;
/** Luma above which a bar is white. */
const grey = 126;

/** The greatest number that has a barcode. */
export const greatestCode = 2 ** bits - 1;

/** Pictures with their number, from 0, in bars. */
export function withBarcode(pictures: Pictures): Pictures {
  return {
    id: `${pictures.id}-barcode`,
    seconds: pictures.seconds,
    open: async (width, height) => new BarcodePainter(await pictures.open(width, height)),
  };
}

class BarcodePainter implements Painter {
  readonly #below: Painter;

  constructor(below: Painter) {
    this.#below = below;
  }

  async paint(canvas: Canvas, index: number, fps: number): Promise<void> {
    await this.#below.paint(canvas, index, fps);
    const even = (value: number): number => 2 * Math.round(value / 2);
    const y = even(canvas.height * top);
    const height = even(canvas.height * bottom) - y;
    for (let bar = 0; bar < bars; bar += 1) {
      const x = even((canvas.width * bar) / bars);
      const width = even((canvas.width * (bar + 1)) / bars) - x;
      canvas.fill({ x, y, width, height }, isWhite(index, bar) ? white : black);
    }
  }

  close(): void {
    this.#below.close();
  }
}

const isWhite = (code: number, bar: number): boolean =>
  ((code >> (bar % bits)) & 1) === (bar < bits ? 1 : 0);

/** Reads the number in a tile of a picture; null where there is none. */
export function readBarcode(picture: DecodedPicture, tile: Rectangle): number | null {
  let code = 0;
  const y = Math.round(tile.y + (tile.height * (top + bottom)) / 2);
  for (let bar = 0; bar < bars; bar += 1) {
    const x = Math.round(tile.x + (tile.width * (bar + 0.5)) / bars);
    const isSet = lumaAt(picture, x, y) > grey;
    if (bar < bits) code |= isSet ? 1 << bar : 0;
    else if (isSet !== isWhite(code, bar)) return null;
  }
  return code;
}

/** The mean of nine samples. */
function lumaAt({ width, data }: DecodedPicture, x: number, y: number): number {
  let sum = 0;
  for (let row = y - 1; row <= y + 1; row += 1) {
    for (let column = x - 1; column <= x + 1; column += 1) sum += data[row * width + column] ?? 0;
  }
  return sum / 9;
}
