import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { avatarColourOf, graphemesOf, initialsOf } from '../initials.ts';
import { capitalHeight, drawable, setFont } from './fonts.ts';
import type { RgbaPicture } from './sprite.ts';
import { textWidth, writeText } from './text.ts';

const inkColour = '#ffffff';

/**
 * Draws initials in a circle of the name's colour.
 *
 * @param name - whose
 * @param diameter - pixels, even
 * @param outline - a colour 0xRRGGBB for a line around the circle, which sets it off from another one below
 */
export function drawAvatar(name: string, diameter: number, outline?: number): RgbaPicture {
  const context = createCanvas(diameter, diameter).getContext('2d');
  const middle = diameter / 2;
  let radius = middle;
  if (outline !== undefined) {
    context.fillStyle = cssOf(outline);
    circle(context, middle, middle, radius);
    radius -= Math.max(1.5, diameter * 0.05);
  }
  context.fillStyle = cssOf(avatarColourOf(name));
  circle(context, middle, middle, radius);
  context.fillStyle = inkColour;
  const initials = drawable(initialsOf(name));
  if (initials !== '') {
    drawInitials(context, initials, middle, radius);
  } else {
    drawPerson(context, middle, middle, radius);
  }
  const { data } = context.getImageData(0, 0, diameter, diameter);
  return { width: diameter, height: diameter, data };
}

const cssOf = (rgb: number): string => `#${rgb.toString(16).padStart(6, '0')}`;

/** What is written from left to right and has capitals, and its marks. */
const capitals = /^[\p{N}\p{M}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+$/u;

/**
 * Centres the ink. Upright that is the body of the capitals where there are any, whatever accents and descenders they
 * carry.
 */
function drawInitials(
  context: SKRSContext2D,
  initials: string,
  middle: number,
  radius: number,
): void {
  const size = radius * (graphemesOf(initials).length > 1 ? 0.8 : 0.95);
  const width = textWidth(initials, { px: size, bold: true });
  const px = size * Math.min(1, (1.5 * radius) / width);
  setFont(context, { px, bold: true });
  const left = middle - (width * px) / size / 2;
  const baseline = middle + (capitalHeight * px) / 2;
  if (capitals.test(initials)) {
    const ink = context.measureText(initials);
    const aside = (ink.actualBoundingBoxRight - ink.actualBoundingBoxLeft) / 2;
    writeText(context, initials, middle - aside, baseline);
    return;
  }
  // Looked for in pixels: what the canvas measures is wrong for text of two directions.
  const trial = createCanvas(2 * middle, 2 * middle).getContext('2d');
  setFont(trial, { px, bold: true });
  writeText(trial, initials, left, baseline);
  const ink = inkOf(trial, 2 * middle);
  writeText(context, initials, left + middle - ink.x, baseline + middle - ink.y);
}

/** The middle of what is drawn on a square canvas. */
function inkOf(context: SKRSContext2D, side: number): { readonly x: number; readonly y: number } {
  const { data } = context.getImageData(0, 0, side, side);
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (let row = 0, at = 3; row < side; row += 1) {
    for (let column = 0; column < side; column += 1, at += 4) {
      if ((data[at] ?? 0) < 128) continue;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = row + 1;
    }
  }
  return left < right
    ? { x: (left + right) / 2, y: (top + bottom) / 2 }
    : { x: side / 2, y: side / 2 };
}

function circle(context: SKRSContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Head and shoulders, for initials that no font here can write. */
function drawPerson(context: SKRSContext2D, x: number, y: number, radius: number): void {
  circle(context, x, y - radius * 0.22, radius * 0.3);
  context.beginPath();
  context.arc(x, y + radius * 0.62, radius * 0.52, Math.PI, 2 * Math.PI);
  context.fill();
}
