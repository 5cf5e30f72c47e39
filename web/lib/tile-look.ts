import type { Size } from '../../mixer/compositor/geometry.ts';
import {
  leastLegible,
  leastLegibleScaled,
  type Metrics,
  metricsOf,
} from '../../mixer/compositor/overlay/metrics.ts';

/**
 * How the compositor writes on a tile, so that what the page draws over it looks the same.
 *
 * @param tile - in pixels of the picture
 * @param picture - as it is received
 * @param isScaled - whether the picture is smaller than the canvas
 */
export function tileLook(tile: Size, picture: Size, isScaled: boolean): Metrics {
  return metricsOf(tile, picture, isScaled ? leastLegibleScaled : leastLegible);
}
