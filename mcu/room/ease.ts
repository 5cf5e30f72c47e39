import { rungNames } from '../../mixer/encode/rung-table.ts';
import type { QualityCap } from '../protocol/common.ts';
import { type KindOfVideo, stepDown, type VideoDemand, videoDemand } from './uplink-size.ts';

/** What a room does without where its process has too little time. */
export interface Ease {
  /** Whether tiles move to their new places. */
  readonly transitions: boolean;
  /** Pictures a second that are asked of anybody, at most. */
  readonly uplinkFps: number;
  /** Cameras are asked for so many sizes less. */
  readonly uplinkSteps: number;
  /** The best rung anybody gets. */
  readonly cap: QualityCap;
  /** Composites that are made, as a part of the ticks. */
  readonly tickShare: number;
}

const nothing: Ease = {
  transitions: true,
  uplinkFps: Number.POSITIVE_INFINITY,
  uplinkSteps: 0,
  cap: 'auto',
  tickShare: 1,
};

/**
 * Step by step, each with all that the ones before save. What is seen least goes first: how smoothly faces of others move in
 * their tiles, how sharp these are, how sharp all of it is. Pictures a second go last: a call that stutters is worse than one that is
 * less sharp.
 */
const levels: readonly Ease[] = [
  nothing,
  { ...nothing, transitions: false, uplinkFps: 15 },
  { ...nothing, transitions: false, uplinkFps: 15, uplinkSteps: 1 },
  { ...nothing, transitions: false, uplinkFps: 12, uplinkSteps: 1, cap: 'medium' },
  { transitions: false, uplinkFps: 12, uplinkSteps: 1, cap: 'medium', tickShare: 0.8 },
  { transitions: false, uplinkFps: 10, uplinkSteps: 1, cap: 'medium', tickShare: 0.6 },
  { transitions: false, uplinkFps: 8, uplinkSteps: 2, cap: 'medium', tickShare: 0.4 },
];

/** The level at which nothing more can be saved; 0 is all there is. */
export const highestLevel = levels.length - 1;

/** What is done without at a level. */
export function easeOf(level: number): Ease {
  return levels[level] ?? nothing;
}

/** Whether the composite of a tick is made: so that those that are, are spread evenly. */
export function takesTick({ tickShare }: Pick<Ease, 'tickShare'>, tick: number): boolean {
  return Math.floor((tick + 1) * tickShare) > Math.floor(tick * tickShare);
}

/** What is asked of somebody at a level, where so much would be asked otherwise. A screen keeps its size: it is to be read. */
export function easedDemand(
  { uplinkFps, uplinkSteps }: Pick<Ease, 'uplinkFps' | 'uplinkSteps'>,
  demand: VideoDemand,
  kind: KindOfVideo,
): VideoDemand {
  const fps = Math.min(demand.fps, uplinkFps);
  const steps = kind === 'screen' ? 0 : uplinkSteps;
  if (demand.fps === 0 || (fps === demand.fps && steps === 0)) return demand;
  let { height } = demand;
  for (let step = 0; step < steps; step += 1) height = stepDown(height);
  const eased = videoDemand(height, fps, kind);
  return { ...eased, bitrate: Math.min(eased.bitrate, demand.bitrate) };
}

/** The lower one of two caps. */
export function lowerCap(one: QualityCap, other: QualityCap): QualityCap {
  const rank = (cap: QualityCap): number => (cap === 'auto' ? -1 : rungNames.indexOf(cap));
  return rank(one) >= rank(other) ? one : other;
}
