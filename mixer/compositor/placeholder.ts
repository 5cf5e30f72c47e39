import { createCanvas } from '@napi-rs/canvas';
import type { Planes } from './canvas.ts';
import { evenFloor, type Size } from './geometry.ts';
import { type CanvasMatrix, type I420Frame, solidI420, yuvOf } from './i420.ts';
import { avatarColourOf } from './initials.ts';
import { drawAvatar } from './overlay/avatar.ts';
import { capitalHeight, drawable, setFont } from './overlay/fonts.ts';
import { leastFont, leastLegible } from './overlay/metrics.ts';
import { OfPeople } from './overlay/of-people.ts';
import { blend, type RgbaPicture, spriteOf } from './overlay/sprite.ts';
import { shortened, textWidth, writeText } from './overlay/text.ts';

/** A little lighter than the canvas. */
const tileColour = 0x262a31;
/** How much of the avatar's colour is in the tile behind it. */
const tint = 0.18;
const nameColour = '#e8eaee';
const largestFont = 34;
/** Enough for every participant of a full room in two sizes. */
const capacity = 128;

/**
 * Pictures that stand for somebody without video: initials in a circle of the name's colour, and the name. A picture
 * is drawn once and kept: asking again for the same one gives the same object. Drawing one takes 1 to 3 ms, by its size, so
 * only some are drawn for each frame; until its turn has come a tile shows the same picture in another size, or none.
 */
export class Placeholders {
  readonly #pictures = new OfPeople<I420Frame>(capacity);
  /** The last picture of each, in whatever size. */
  readonly #anySize = new OfPeople<I420Frame>(capacity);
  readonly #drawsPerFrame: number;
  readonly #matrix: CanvasMatrix;
  readonly #lowest: number;
  /** A tile whose picture is still to be drawn. */
  readonly #empty: I420Frame;
  #drawsLeft: number;
  #isComplete = true;

  /**
   * @param drawsPerFrame - how many pictures may be drawn between two calls of `beginFrame`
   * @param matrix - the colours of the canvas
   * @param lowest - the shorter side of the smallest tile with a name, in pixels
   */
  constructor(
    drawsPerFrame = Infinity,
    matrix: CanvasMatrix = 'bt601',
    lowest: number = leastLegible,
  ) {
    this.#lowest = lowest;
    this.#drawsPerFrame = drawsPerFrame;
    this.#drawsLeft = drawsPerFrame;
    this.#matrix = matrix;
    this.#empty = solidI420(16, 16, yuvOf(tileColour, matrix));
  }

  /** A frame is to be composed. */
  beginFrame(): void {
    this.#drawsLeft = this.#drawsPerFrame;
    this.#isComplete = true;
  }

  /** Whether every picture that was asked for since then was the right one. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Lets go of the pictures that show anybody else than these. */
  keepOnly(names: ReadonlySet<string>): void {
    this.#pictures.keepOnly(names);
    this.#anySize.keepOnly(names);
  }

  /** The picture of a participant, `size` pixels (even sides). */
  participant(name: string, size: Size): I420Frame {
    return this.#cached(`p${name}`, [name], size, () => {
      const colour = mixed(tileColour, avatarColourOf(name), tint);
      return this.#composed(size, colour, participantParts(name, size, this.#lowest));
    });
  }

  /**
   * The picture that counts those who have no tile, `size` pixels (even sides): "+7", where there is room below the avatars
   * of three of them.
   *
   * @param count - how many they are
   * @param size - pixels, even
   * @param names - theirs; of those beyond the third nothing is shown
   */
  overflow(count: number, size: Size, names: readonly string[] = []): I420Frame {
    const shown = names.slice(0, 3);
    return this.#cached(`o${[count, ...shown].join('\n')}`, shown, size, () =>
      this.#composed(size, tileColour, overflowParts(count, size, shown, this.#lowest)),
    );
  }

  #cached(
    what: string,
    names: readonly string[],
    { width, height }: Size,
    draw: () => I420Frame,
  ): I420Frame {
    const key = `${width}x${height} ${what}`;
    let picture = this.#pictures.get(key);
    if (picture === undefined) {
      if (this.#drawsLeft <= 0) {
        this.#isComplete = false;
        return this.#anySize.get(what) ?? this.#empty;
      }
      this.#drawsLeft -= 1;
      picture = draw();
      this.#pictures.set(key, picture, names);
      this.#anySize.set(what, picture, names);
    }
    return picture;
  }

  #composed({ width, height }: Size, colour: number, parts: readonly Part[]): I420Frame {
    const picture = solidI420(width, height, yuvOf(colour, this.#matrix));
    const planes = planesOf(picture);
    for (const { drawing, x, y } of parts) {
      const sprite = spriteOf(drawing, this.#matrix);
      blend(planes, sprite, evenFloor(x), evenFloor(y), { x: 0, y: 0, width, height });
    }
    return picture;
  }
}

/** Something drawn, and where it goes; pixels. */
interface Part {
  readonly drawing: RgbaPicture;
  readonly x: number;
  readonly y: number;
}

/** What a badge and its distance from the edge take of a tile's width, in sizes of the name. */
const badgeRoom = 2.4;

function participantParts(name: string, { width, height }: Size, lowest: number): Part[] {
  const short = Math.min(width, height);
  const diameter = 2 * Math.round(Math.min(short * 0.23, 60 + short * 0.1));
  const px = Math.round(Math.min(Math.max(short * 0.07, leastFont), largestFont));
  const label = short >= lowest ? drawable(name) : '';
  const left = (width - diameter) / 2;
  if (diameter === 0) return [];
  if (label === '')
    return [{ drawing: drawAvatar(name, diameter), x: left, y: (height - diameter) / 2 }];
  // A mute badge in the corner must not come upon the name where a tile is narrow.
  const text = drawName(label, px, width - 2 * badgeRoom * px);
  // Avatar and name are centred together.
  const distance = px * 0.55;
  const top = (height - diameter - distance - text.height) / 2;
  return [
    { drawing: drawAvatar(name, diameter), x: left, y: top },
    { drawing: text, x: (width - text.width) / 2, y: top + diameter + distance },
  ];
}

function overflowParts(
  count: number,
  { width, height }: Size,
  all: readonly string[],
  lowest: number,
): Part[] {
  const short = Math.min(width, height);
  const names = short >= lowest ? all : [];
  const px = Math.round(short * (names.length > 0 ? 0.17 : 0.3));
  if (px < 4) return [];
  const text = drawName(`+${count}`, px, width, true);
  const diameter = 2 * Math.round(short * 0.15);
  const step = diameter * 0.86;
  const distance = px * 0.3;
  const rowHeight = names.length > 0 ? diameter + distance : 0;
  const rowWidth = diameter + step * (names.length - 1);
  const top = (height - rowHeight - text.height) / 2;
  return [
    ...names.map((name, index) => ({
      drawing: drawAvatar(name, diameter, tileColour),
      x: (width - rowWidth) / 2 + index * step,
      y: top,
    })),
    { drawing: text, x: (width - text.width) / 2, y: top + rowHeight },
  ];
}

/** A line of text, cut to the width there is; its height is that of the capitals, with room for what goes beyond. */
function drawName(name: string, px: number, room: number, bold = false): RgbaPicture {
  const style = { px, bold };
  const text = shortened(name, room, (part) => textWidth(part, style));
  const width = 2 * Math.ceil(textWidth(text, style) / 2 + 1);
  const height = 2 * Math.ceil(px * 0.7);
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = nameColour;
  setFont(context, style);
  writeText(context, text, 1, Math.round((height + capitalHeight * px) / 2));
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

function planesOf({ width, height, data }: I420Frame): Planes {
  const luma = width * height;
  const plane = (start: number, length: number, stride: number) => ({
    data: Buffer.from(data.buffer, data.byteOffset + start, length),
    stride,
  });
  return [
    plane(0, luma, width),
    plane(luma, luma / 4, width / 2),
    plane(luma * 1.25, luma / 4, width / 2),
  ];
}

/** A colour 0xRRGGBB with so much of another in it, from 0 to 1. */
function mixed(colour: number, other: number, part: number): number {
  const channel = (shift: number): number => {
    const from = (colour >> shift) & 0xff;
    return Math.round(from + (((other >> shift) & 0xff) - from) * part) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}
