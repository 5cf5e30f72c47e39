import { createCanvas } from '@napi-rs/canvas';
import { capitalHeight, setFont } from './fonts.ts';
import { drawHand, drawMutedMicrophone } from './icons.ts';
import type { Metrics } from './metrics.ts';
import type { RgbaPicture } from './sprite.ts';
import { writeText } from './text.ts';

/** What is written or drawn lies on this. White on it has a contrast of at least 4.5 whatever is below (WCAG 2.2, 1.4.3). */
export const chipColour = 'rgba(17, 19, 24, 0.68)';
const inkColour = '#ffffff';
const handColour = '#fbc02d';
const handInk = '#2a1d00';

/** The lengths inside a label, in pixels. */
interface LabelMetrics {
  readonly padding: number;
  /** Both sides of the microphone. */
  readonly icon: number;
  /** Between microphone and name. */
  readonly gap: number;
}

function labelMetrics({ font }: Metrics): LabelMetrics {
  const icon = 2 * Math.round(font * 0.6);
  return { padding: Math.round(font * 0.55), icon, gap: Math.round(font * 0.3) };
}

/** The pixels of a label that are not its name. */
export function labelPadding(metrics: Metrics, muted: boolean): number {
  const { padding, icon, gap } = labelMetrics(metrics);
  return 2 * padding + (muted ? icon + gap : 0);
}

/** Draws a label: the name, and before it a crossed-out microphone for somebody who is muted. */
export function drawLabel(
  name: { readonly text: string; readonly width: number },
  muted: boolean,
  metrics: Metrics,
): RgbaPicture {
  const { font, chip } = metrics;
  const { padding, icon, gap } = labelMetrics(metrics);
  const width = 2 * Math.ceil((name.width + labelPadding(metrics, muted)) / 2);
  const context = createCanvas(width, chip).getContext('2d');
  context.fillStyle = chipColour;
  context.beginPath();
  context.roundRect(0, 0, width, chip, chip * 0.3);
  context.fill();
  if (muted) drawMutedMicrophone(context, padding, (chip - icon) / 2, icon, inkColour);
  context.fillStyle = inkColour;
  setFont(context, { px: font, bold: false });
  // A whole number, so that baseline and capitals are sharp.
  const baseline = Math.round((chip + capitalHeight * font) / 2);
  writeText(context, name.text, padding + (muted ? icon + gap : 0), baseline);
  return { width, height: chip, data: context.getImageData(0, 0, width, chip).data };
}

/** Draws the badge of somebody who is muted and has no label. */
export function drawMutedBadge({ chip, font }: Metrics): RgbaPicture {
  const context = createCanvas(chip, chip).getContext('2d');
  context.fillStyle = chipColour;
  context.beginPath();
  context.roundRect(0, 0, chip, chip, chip * 0.3);
  context.fill();
  const icon = 2 * Math.round(font * 0.6);
  drawMutedMicrophone(context, (chip - icon) / 2, (chip - icon) / 2, icon, inkColour);
  return { width: chip, height: chip, data: context.getImageData(0, 0, chip, chip).data };
}

/** Draws the badge of somebody whose hand is raised. */
export function drawHandBadge({ hand }: Metrics): RgbaPicture {
  const context = createCanvas(hand, hand).getContext('2d');
  context.fillStyle = handColour;
  context.beginPath();
  context.arc(hand / 2, hand / 2, hand / 2, 0, 2 * Math.PI);
  context.fill();
  const icon = 2 * Math.round(hand * 0.35);
  drawHand(context, (hand - icon) / 2, (hand - icon) / 2, icon, handInk);
  return { width: hand, height: hand, data: context.getImageData(0, 0, hand, hand).data };
}
