import type { Facing } from '../client/index.ts';

/** How to get to a phone's other camera: by the way it looks, or, where the browser does not tell, by its id. */
export type Flip = { readonly face: Facing } | { readonly choose: string };

/**
 * The way to the other camera; null where there is none. Phones often have several on the back: only the browser knows which
 * of them is meant.
 * @param facing - which way the camera in use looks, if the browser says so
 * @param inUse - its id
 * @param cameras - the ids of all there are
 */
export function flipFrom(
  facing: string | undefined,
  inUse: string,
  cameras: readonly string[],
): Flip | null {
  if (cameras.length < 2) return null;
  if (facing === 'user') return { face: 'environment' };
  if (facing === 'environment') return { face: 'user' };
  const next = cameras[(cameras.indexOf(inUse) + 1) % cameras.length];
  return next === undefined ? null : { choose: next };
}
