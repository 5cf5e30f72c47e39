import { type Axis, colourOf, type Frame, plot, roundUp } from './axes.ts';
import { element } from './svg.ts';

/** A point, and how far its rounds lay apart. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly min?: number;
  readonly max?: number;
}

/** One line. */
export interface Series {
  readonly label: string;
  readonly points: readonly Point[];
}

type Labels = Pick<Axis, 'label' | 'ticks' | 'name'>;

/** So many points have a mark of their own. */
const mostMarks = 16;

/** Lines through points, with bars from the least to the greatest. The y axis begins at 0. */
export function lineChart(
  title: string,
  axes: { readonly x: Labels; readonly y: Labels },
  series: readonly Series[],
): string {
  const points = series.flatMap((one) => one.points);
  const xs = points.map(({ x }) => x);
  const y = { ...axes.y, min: 0, max: roundUp(points.map((point) => point.max ?? point.y)) };
  const x = {
    ticks: [...new Set(xs)],
    ...axes.x,
    min: Math.min(0, ...xs),
    max: Math.max(1, ...xs),
  };
  return plot(title, { x, y }, keysOf(series), (frame) =>
    series.flatMap(({ points: own }, index) => lineOf(frame, own, colourOf(index))),
  );
}

function lineOf(frame: Frame, points: readonly Point[], colour: string): string[] {
  const places = points.map(({ x, y }) => `${frame.x(x).toFixed(1)},${frame.y(y).toFixed(1)}`);
  const stroke = { stroke: colour, 'stroke-width': 2, fill: 'none' };
  return [
    element('polyline', { points: places.join(' '), ...stroke }),
    ...(points.length <= mostMarks ? points : []).flatMap(({ x, y, min = y, max = y }) => [
      element('line', {
        x1: frame.x(x),
        x2: frame.x(x),
        y1: frame.y(Math.max(0, min)),
        y2: frame.y(max),
        ...stroke,
      }),
      element('circle', { cx: frame.x(x), cy: frame.y(Math.max(0, y)), r: 3.5, fill: colour }),
    ]),
  ];
}

/** What share of values lies at or below each. */
export function distributionChart(
  title: string,
  labels: { readonly x: Labels; readonly y: Labels },
  series: readonly { readonly label: string; readonly sorted: readonly number[] }[],
): string {
  const all = series.flatMap(({ sorted }) => [...sorted]);
  const x = { ...labels.x, min: 0, max: roundUp(all) };
  const y = { ...labels.y, min: 0, max: 100 };
  return plot(title, { x, y }, keysOf(series), (frame) =>
    series.map(({ sorted }, index) => {
      const least = sorted.slice(0, 1).map((value) => [value, 0] as const);
      const shares = sorted.map((value, at) => [value, ((at + 1) / sorted.length) * 100] as const);
      const places = [...least, ...shares].map(
        ([value, share]) => `${frame.x(value).toFixed(1)},${frame.y(share).toFixed(1)}`,
      );
      const stroke = { stroke: colourOf(index), 'stroke-width': 2, fill: 'none' };
      return element('polyline', { points: places.join(' '), ...stroke });
    }),
  );
}

/** One bar for each name, of as many parts as there are labels. */
export function stackedBars(
  title: string,
  axes: { readonly x: string; readonly y: string },
  labels: readonly string[],
  bars: readonly { readonly name: string; readonly parts: readonly number[] }[],
): string {
  const sums = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const x = {
    ...{ label: axes.x, min: 0, max: bars.length },
    ticks: bars.map((_, index) => index + 0.5),
    name: (tick: number) => bars[Math.floor(tick)]?.name ?? '',
  };
  const y = { label: axes.y, min: 0, max: roundUp(sums) };
  return plot(title, { x, y }, keysOf(labels.map((label) => ({ label }))), (frame) =>
    bars.flatMap(({ parts }, at) => {
      let below = 0;
      return parts.map((part, index) => {
        const [bottom, top] = [frame.y(below), frame.y(below + part)];
        below += part;
        return element('rect', {
          ...{ x: frame.x(at + 0.22), y: top, width: frame.x(0.56) - frame.x(0) },
          ...{ height: bottom - top, fill: colourOf(index) },
        });
      });
    }),
  );
}

const keysOf = (series: readonly { readonly label: string }[]) =>
  series.map(({ label }, index) => ({ label, colour: colourOf(index) }));
