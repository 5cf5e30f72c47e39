import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import type { Size } from './geometry.ts';
import { type I420Frame, solidI420, yuvOf } from './i420.ts';
import { avatarColourOf, graphemesOf, initialsOf } from './initials.ts';
import { rgbaToI420 } from './rgba.ts';

/** The family name our fonts are registered under; the system's may fill in scripts they lack. */
const family = 'onegrid';
const tileColour = 0x262a31;
const nameColour = '#d7dbe2';
/** Below this height in pixels a name cannot be read, and only the avatar is drawn. */
const leastNameHeight = 9;
/** Enough for every participant of a full room in two sizes; the least recently used goes first. */
const capacity = 128;

/** A tile whose picture is still to be drawn. */
const emptyTile: I420Frame = solidI420(16, 16, yuvOf(tileColour));

let fontsRegistered = false;

function registerFonts(): void {
  if (fontsRegistered) return;
  const { resolve } = createRequire(import.meta.url);
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    GlobalFonts.registerFromPath(resolve(`dejavu-fonts-ttf/ttf/${file}`), family);
  }
  fontsRegistered = true;
}

/**
 * Pictures that stand for somebody without video: initials in a circle of the name's colour, and the name. A picture
 * is drawn once and kept: asking again for the same one gives the same object. Drawing one takes 3 to 8 ms, so only
 * some are drawn for each frame; until its turn has come a tile shows the same picture in another size, or none.
 */
export class Placeholders {
  readonly #pictures = new Map<string, I420Frame>();
  /** The last picture of each, in whatever size. */
  readonly #anySize = new Map<string, I420Frame>();
  readonly #drawsPerFrame: number;
  #drawsLeft: number;

  /** @param drawsPerFrame - how many pictures may be drawn between two calls of `beginFrame` */
  constructor(drawsPerFrame = Infinity) {
    this.#drawsPerFrame = drawsPerFrame;
    this.#drawsLeft = drawsPerFrame;
    registerFonts();
  }

  /** A frame is to be composed. */
  beginFrame(): void {
    this.#drawsLeft = this.#drawsPerFrame;
  }

  /** The picture of a participant, `size` pixels (even sides). */
  participant(name: string, size: Size): I420Frame {
    return this.#cached(`p${name}`, size, (context) => {
      drawParticipant(context, name, size);
    });
  }

  /** The picture that counts those who have no tile: "+7". */
  overflow(count: number, size: Size): I420Frame {
    return this.#cached(`o${String(count)}`, size, (context) => {
      drawOverflow(context, count, size);
    });
  }

  #cached(what: string, size: Size, draw: (context: SKRSContext2D) => void): I420Frame {
    const { width, height } = size;
    const key = `${String(width)}x${String(height)} ${what}`;
    let picture = this.#pictures.get(key);
    if (picture === undefined) {
      if (this.#drawsLeft <= 0) return this.#anySize.get(what) ?? emptyTile;
      this.#drawsLeft -= 1;
      const canvas = createCanvas(width, height);
      const context = canvas.getContext('2d');
      context.fillStyle = cssOf(tileColour);
      context.fillRect(0, 0, width, height);
      draw(context);
      picture = { width, height, data: rgbaToI420(canvas.data(), width, height) };
      remember(this.#anySize, what, picture);
    }
    remember(this.#pictures, key, picture);
    return picture;
  }
}

/** Puts a picture at the end of the line, and forgets the first in it if there are too many. */
function remember(pictures: Map<string, I420Frame>, key: string, picture: I420Frame): void {
  pictures.delete(key);
  const [oldest] = pictures.keys();
  if (pictures.size >= capacity && oldest !== undefined) pictures.delete(oldest);
  pictures.set(key, picture);
}

function drawParticipant(context: SKRSContext2D, name: string, { width, height }: Size): void {
  const radius = Math.min(width, height) * 0.23;
  const nameHeight = Math.min(height * 0.085, width * 0.085, 36);
  const label = drawable(name);
  const withName = nameHeight >= leastNameHeight && label !== '';
  const x = width / 2;
  // Circle and name are centred together.
  const y = withName ? height / 2 - nameHeight * 0.9 : height / 2;
  context.fillStyle = cssOf(avatarColourOf(name));
  circle(context, x, y, radius);
  context.fillStyle = '#ffffff';
  const initials = initialsOf(name);
  if (drawable(initials) === initials) {
    const scale = graphemesOf(initials).length > 1 ? 0.78 : 0.95;
    context.font = `bold ${String(radius * scale)}px ${family}`;
    centredText(context, initials, x, y);
  } else {
    drawPerson(context, x, y, radius);
  }
  if (!withName) return;
  context.fillStyle = nameColour;
  context.font = `${String(nameHeight)}px ${family}`;
  const text = shortened(label, width * 0.86, (part) => context.measureText(part).width);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, y + radius + nameHeight * 1.25);
}

const cssOf = (rgb: number): string => `#${rgb.toString(16).padStart(6, '0')}`;

function drawOverflow(context: SKRSContext2D, count: number, { width, height }: Size): void {
  context.fillStyle = nameColour;
  context.font = `bold ${String(Math.min(width, height) * 0.34)}px ${family}`;
  centredText(context, `+${String(count)}`, width / 2, height / 2);
}

/**
 * Centres the ink: the font's own middle is that of lower-case letters. Upright that is the body of the capitals where
 * there are any, whatever accents and descenders they carry.
 */
function centredText(context: SKRSContext2D, text: string, x: number, y: number): void {
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  const ink = context.measureText(text);
  const capitals = /^[+\p{N}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(text);
  const body = capitals ? context.measureText('H') : ink;
  context.fillText(
    text,
    x + (ink.actualBoundingBoxLeft - ink.actualBoundingBoxRight) / 2,
    y + (body.actualBoundingBoxAscent - body.actualBoundingBoxDescent) / 2,
  );
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

const glyphSize = 24;
const knownGlyphs = new Map<string, boolean>();
let missingGlyph: Buffer | null = null;

/** The text without the characters that neither our fonts nor the system's can draw. */
function drawable(text: string): string {
  return graphemesOf(text)
    .filter((grapheme) => /^[\s\u200c]*$/u.test(grapheme) || hasGlyph(grapheme))
    .join('')
    .trim();
}

/** A character without a glyph looks like one that cannot have any: the noncharacter U+10FFFE. */
function hasGlyph(grapheme: string): boolean {
  let known = knownGlyphs.get(grapheme);
  if (known === undefined) {
    missingGlyph ??= glyphPixels('\u{10fffe}');
    known = !glyphPixels(grapheme).equals(missingGlyph);
    if (knownGlyphs.size >= 4096) knownGlyphs.clear();
    knownGlyphs.set(grapheme, known);
  }
  return known;
}

function glyphPixels(grapheme: string): Buffer {
  registerFonts();
  const canvas = createCanvas(glyphSize, glyphSize);
  const context = canvas.getContext('2d');
  context.font = `${String(glyphSize * 0.6)}px ${family}`;
  context.fillText(grapheme, 2, glyphSize * 0.75);
  return Buffer.from(canvas.data());
}
