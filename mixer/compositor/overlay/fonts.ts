import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { graphemesOf } from '../initials.ts';
import { Bounded } from './bounded.ts';

/** The family name our fonts are registered under; the system's fill in the scripts they lack. */
const family = 'onegrid';

/** Height of the capitals of our fonts, in sizes of the font. */
export const capitalHeight = 0.729;

/** How text is written. */
export interface TextStyle {
  /** Size of the font, in pixels. */
  readonly px: number;
  readonly bold: boolean;
}

let registered = false;

/** Makes a context write in a style, with our fonts. The first call reads them, which takes 5 to 10 ms. */
export function setFont(context: SKRSContext2D, { px, bold }: TextStyle): void {
  if (!registered) {
    const { resolve } = createRequire(import.meta.url);
    // The condensed ones: more of a name fits into a tile.
    for (const file of ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf']) {
      GlobalFonts.registerFromPath(resolve(`dejavu-fonts-ttf/ttf/${file}`), family);
    }
    registered = true;
  }
  context.font = `${bold ? 'bold ' : ''}${px}px ${family}`;
}

/** What our fonts have, without looking. */
const covered = /^[\x20-\x7e\u00a0-\u024f\u0410-\u044f]*$/u;
/** What has no ink of its own: spaces, joiners, variation selectors, direction marks. */
const inkless = /^[\s\p{Default_Ignorable_Code_Point}]$/u;

/**
 * The text without what neither our fonts nor the system's can draw, and with single spaces. Empty if there is
 * nothing to be seen in it.
 */
export function drawable(text: string): string {
  const drawn = covered.test(text) ? text : graphemesOf(text).map(drawablePart).join('');
  if (Array.from(drawn).every((point) => inkless.test(point))) return '';
  return drawn.replaceAll(/\s+/gu, ' ').trim();
}

/** A grapheme without the marks that no font has; nothing of it where its letter is missing. */
function drawablePart(grapheme: string): string {
  const points = Array.from(grapheme);
  const letter = points.find((point) => !inkless.test(point));
  if (letter !== undefined && !hasGlyph(letter)) return '';
  return points.filter((point) => inkless.test(point) || hasGlyph(point)).join('');
}

const glyphs = new Bounded<string, boolean>(4096);
const glyphSize = 24;
let glyphContext: SKRSContext2D | null = null;
let missingGlyph: Buffer | null = null;

/** A character without a glyph looks like one that cannot have any: the noncharacter U+10FFFE. */
function hasGlyph(point: string): boolean {
  let known = glyphs.get(point);
  if (known === undefined) {
    missingGlyph ??= glyphPixels('\u{10fffe}');
    known = !/\p{Surrogate}/u.test(point) && !glyphPixels(point).equals(missingGlyph);
    glyphs.set(point, known);
  }
  return known;
}

function glyphPixels(point: string): Buffer {
  if (glyphContext === null) {
    glyphContext = createCanvas(glyphSize, glyphSize).getContext('2d');
    setFont(glyphContext, { px: glyphSize * 0.6, bold: false });
  }
  glyphContext.clearRect(0, 0, glyphSize, glyphSize);
  glyphContext.fillText(point, 2, glyphSize * 0.75);
  return Buffer.from(glyphContext.getImageData(0, 0, glyphSize, glyphSize).data.buffer);
}
