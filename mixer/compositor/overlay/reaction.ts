import { createCanvas, Path2D } from '@napi-rs/canvas';
import { chipColour } from './label.ts';
import { type ReactionName, reactionShapes, reactionUnits } from './reaction-shapes.ts';
import type { RgbaPicture } from './sprite.ts';

/** Of the badge, what the drawing takes. */
const drawnPart = 0.68;

/** Draws the badge of somebody who reacts. @param diameter - pixels, even */
export function drawReactionBadge(name: ReactionName, diameter: number): RgbaPicture {
  const context = createCanvas(diameter, diameter).getContext('2d');
  context.fillStyle = chipColour;
  context.beginPath();
  context.arc(diameter / 2, diameter / 2, diameter / 2, 0, 2 * Math.PI);
  context.fill();
  const middle = reactionUnits / 2;
  const scale = (diameter * drawnPart) / reactionUnits;
  context.translate(diameter / 2, diameter / 2);
  context.scale(scale, scale);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const { d, fill, stroke, width = 1, turn = 0 } of reactionShapes[name]) {
    context.save();
    context.rotate((turn * Math.PI) / 180);
    context.translate(-middle, -middle);
    const path = new Path2D(d);
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill(path);
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke(path);
    }
    context.restore();
  }
  const { data } = context.getImageData(0, 0, diameter, diameter);
  return { width: diameter, height: diameter, data };
}
