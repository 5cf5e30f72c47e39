/** Where an arrow key points. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where something is on the page. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The one that an arrow key leads to: the nearest in that direction, for which sideways counts double. Undefined where there is
 * none.
 * @param from - index of the one that has the focus
 */
export function nextTile(
  places: readonly Place[],
  from: number,
  direction: Direction,
): number | undefined {
  const own = places[from];
  if (own === undefined) return undefined;
  const [x, y] = middleOf(own);
  let next: number | undefined;
  let nearest = Infinity;
  for (const [index, place] of places.entries()) {
    const [toX, toY] = middleOf(place);
    const [right, down] = [toX - x, toY - y];
    const [ahead, aside] = {
      left: [-right, down],
      right: [right, down],
      up: [-down, right],
      down: [down, right],
    }[direction] as [number, number];
    // Half a pixel: what is level is in no direction.
    if (index === from || ahead < 0.5) continue;
    const distance = ahead + 2 * Math.abs(aside);
    if (distance < nearest) [next, nearest] = [index, distance];
  }
  return next;
}

function middleOf({ left, top, width, height }: Place): [x: number, y: number] {
  return [left + width / 2, top + height / 2];
}
