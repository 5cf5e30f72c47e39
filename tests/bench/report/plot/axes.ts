import { element, words } from './svg.ts';

/** An axis: what it shows, with its unit, and from where to where. */
export interface Axis {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Where it is marked; chosen if not given. */
  readonly ticks?: readonly number[];
  /** What stands at a mark, if not its number. */
  readonly name?: (tick: number) => string;
}

/** What stands in the legend. */
export interface Key {
  readonly label: string;
  readonly colour: string;
}

/** Where the axes are, and how values become places. Pixels. */
export interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const size = { width: 720, height: 380 };
const area = { left: 64, right: 704, top: 74, bottom: 326 };

/** Can be read on white and on black. */
const ink = '#7d8590';

/** To be told apart on white and on black, and in order of use. */
const colours = [
  '#2f81f7',
  '#e0702c',
  '#2ea36b',
  '#a371f7',
  '#c99a1b',
  '#db5a8f',
  '#3aa8b8',
  '#8b6d5c',
  '#6f8f2f',
];

/** The colour of the series with a number. */
export const colourOf = (index: number): string => colours[index % colours.length] ?? ink;

/**
 * A plot: title, axes with labels and marks, legend, and what `draw` gives between them. Its background is that of the page.
 */
export function plot(
  title: string,
  axes: { readonly x: Axis; readonly y: Axis },
  keys: readonly Key[],
  draw: (frame: Frame) => string[],
): string {
  const frame: Frame = {
    x: (value) => scaled(value, axes.x, area.left, area.right),
    y: (value) => scaled(value, axes.y, area.bottom, area.top),
  };
  const { left, right, top, bottom } = area;
  const marksY = (axes.y.ticks ?? ticksOf(axes.y)).flatMap((tick) => [
    element('line', {
      ...{ x1: left, x2: right, y1: frame.y(tick), y2: frame.y(tick) },
      ...{ stroke: ink, 'stroke-opacity': tick === axes.y.min ? 1 : 0.25 },
    }),
    words(left - 8, frame.y(tick) + 4, nameOf(axes.y, tick), { 'text-anchor': 'end' }),
  ]);
  const marksX = (axes.x.ticks ?? ticksOf(axes.x)).map((tick) =>
    words(frame.x(tick), bottom + 20, nameOf(axes.x, tick), { 'text-anchor': 'middle' }),
  );
  const middleY = (top + bottom) / 2;
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${size.width} ${size.height}`,
    ...{ width: size.width, height: size.height, role: 'img' },
    ...{ 'font-family': 'system-ui, sans-serif', 'font-size': 13, fill: ink },
  };
  // A line for each element: what has changed can be seen.
  const parts = [
    element('title', {}, title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')),
    words(left, 20, title, { 'font-size': 15, 'font-weight': 600 }),
    ...legend(keys),
    ...marksY,
    ...marksX,
    words((left + right) / 2, size.height - 10, axes.x.label, { 'text-anchor': 'middle' }),
    words(16, middleY, axes.y.label, {
      'text-anchor': 'middle',
      transform: `rotate(-90 16 ${middleY})`,
    }),
    ...draw(frame),
  ];
  return `${element('svg', attributes, `\n${parts.join('\n')}\n`)}\n`;
}

const scaled = (value: number, { min, max }: Axis, from: number, to: number): number =>
  from + ((value - min) / (max - min)) * (to - from);

const nameOf = ({ name }: Axis, tick: number): string =>
  name === undefined ? String(Number(tick.toPrecision(6))) : name(tick);

/** Round numbers from one end of an axis to the other, four to nine of them. */
export function ticksOf({ min, max }: { readonly min: number; readonly max: number }): number[] {
  const rough = (max - min) / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The least round number that is not below any of the values; 1 for nothing above 0. */
export function roundUp(values: readonly number[]): number {
  const most = Math.max(0, ...values);
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= most) ?? 10) * power;
}

/** About as wide as a letter is on average, pixels. */
const letter = 7.4;

/** In as many rows as it takes; there is room for two. */
function legend(keys: readonly Key[]): string[] {
  let [x, y] = [area.left, 44];
  return keys.flatMap(({ label, colour }) => {
    const width = 34 + label.length * letter;
    if (x > area.left && x + width > area.right + 20) [x, y] = [area.left, y + 18];
    const at = x;
    x += width;
    return [
      element('rect', { x: at, y: y - 11, width: 12, height: 12, rx: 2, fill: colour }),
      words(at + 17, y, label),
    ];
  });
}
