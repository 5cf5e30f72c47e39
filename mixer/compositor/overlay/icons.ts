import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';

/** Icons are drawn on a square of this many units, whatever their size in pixels. */
const units = 24;

/** Draws a crossed-out microphone into a square of `size` pixels. */
export function drawMutedMicrophone(
  context: SKRSContext2D,
  x: number,
  y: number,
  size: number,
  colour: string,
): void {
  // On a canvas of its own: what is erased beside the stroke shows what is below the icon.
  const layer = createCanvas(size, size);
  const icon = layer.getContext('2d');
  icon.scale(size / units, size / units);
  icon.fillStyle = colour;
  icon.strokeStyle = colour;
  icon.lineCap = 'round';

  icon.beginPath();
  icon.roundRect(8.4, 1.6, 7.2, 13, 3.6);
  icon.fill();
  icon.lineWidth = 2.1;
  icon.beginPath();
  icon.arc(12, 11.2, 7, 0, Math.PI);
  icon.moveTo(12, 18.4);
  icon.lineTo(12, 22);
  icon.stroke();

  icon.globalCompositeOperation = 'destination-out';
  slash(icon, 3, 1.5);
  icon.globalCompositeOperation = 'source-over';
  slash(icon, 2.2, 0);
  context.drawImage(layer, x, y);
}

/** A stroke from the top left to the bottom right, moved a little to the right of itself. */
function slash(icon: SKRSContext2D, width: number, aside: number): void {
  icon.lineWidth = width;
  icon.beginPath();
  icon.moveTo(3 + aside, 2.6 - aside);
  icon.lineTo(21 + aside, 21 - aside);
  icon.stroke();
}

/** Draws a raised hand into a square of `size` pixels. */
export function drawHand(
  context: SKRSContext2D,
  x: number,
  y: number,
  size: number,
  colour: string,
): void {
  context.save();
  context.translate(x, y);
  context.scale(size / units, size / units);
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = 2.4;
  // The fingers, from the index on, and the thumb.
  for (const [column, tip] of [
    [9, 4.4],
    [12.4, 2.6],
    [15.8, 3.6],
    [19.2, 6.4],
  ] as const) {
    context.beginPath();
    context.moveTo(column, tip);
    context.lineTo(column, 14);
    context.stroke();
  }
  context.beginPath();
  context.moveTo(4.6, 12.2);
  context.lineTo(9.4, 18);
  context.stroke();
  context.beginPath();
  context.moveTo(7.8, 12.4);
  context.lineTo(20.4, 12.4);
  context.lineTo(20.4, 15.4);
  context.bezierCurveTo(20.4, 19.8, 17.6, 22.4, 14.2, 22.4);
  context.bezierCurveTo(11.4, 22.4, 9.8, 21, 8.4, 18.8);
  context.closePath();
  context.fill();
  context.restore();
}
