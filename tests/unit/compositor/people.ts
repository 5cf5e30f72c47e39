import type { I420Frame, YuvColour } from '../../../mixer/compositor/i420.ts';
import type { SceneLayout, SceneMember } from '../../../mixer/compositor/scene.ts';
import { solid } from './pictures.ts';

/** Colours that are easily told from one another and from the background. */
export const colours: readonly YuvColour[] = [
  [81, 90, 240],
  [145, 54, 34],
  [41, 240, 110],
  [170, 166, 16],
  [106, 202, 222],
];

/** A grid without anybody who stands out. */
export const grid: SceneLayout = { mode: 'grid', pinned: null, speaker: null, page: 0 };

/** A participant whose picture, at first of one colour, can be changed. */
export class Person implements SceneMember {
  readonly id: string;
  readonly name: string;
  readonly screen = false;
  readonly muted = false;
  readonly hand = false;
  frame: I420Frame | null;
  readonly source = { latest: () => this.frame };

  constructor(index: number, width = 640, height = 360) {
    this.id = `p${String(index)}`;
    this.name = `Person ${String(index)}`;
    this.frame = solid(width, height, colours[index % colours.length]!);
  }
}

/** Somebody without video. */
export function nobody(name: string): SceneMember {
  return { id: name, name, screen: false, muted: false, hand: false, source: null };
}
