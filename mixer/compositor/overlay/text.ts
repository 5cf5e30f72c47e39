import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { graphemesOf } from '../initials.ts';
import { setFont, type TextStyle } from './fonts.ts';

let ruler: SKRSContext2D | null = null;

/** How wide a text is, in pixels. */
export function textWidth(text: string, style: TextStyle): number {
  ruler ??= createCanvas(1, 1).getContext('2d');
  setFont(ruler, style);
  return ruler.measureText(text).width;
}

/** Scripts that are written from right to left. */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** The direction of a text: that of its first letter (Unicode Annex 9, rules P2 and P3). */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const letter = /\p{L}/u.exec(text);
  return letter !== null && rightToLeft.test(letter[0]) ? 'rtl' : 'ltr';
}

/** Writes a text with its left end at `x`, whatever its direction, and on the baseline `y`; pixels. */
export function writeText(context: SKRSContext2D, text: string, x: number, y: number): void {
  context.direction = directionOf(text);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(text, x, y);
}

/** The text, or as many of its graphemes as fit before an ellipsis. */
export function shortened(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  const all = graphemesOf(text);
  let fits = 0;
  let tooMany = all.length;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (widthOf(cutAt(all, middle)) <= room) fits = middle;
    else tooMany = middle;
  }
  return cutAt(all, fits);
}

function cutAt(graphemes: readonly string[], count: number): string {
  return `${graphemes.slice(0, count).join('').trimEnd()}…`;
}
