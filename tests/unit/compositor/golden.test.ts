import { afterAll, describe, expect, it } from 'vitest';
import { Compositor } from '../../../mixer/compositor/compositor.ts';
import type { LayoutMode } from '../../../mixer/compositor/layout-types.ts';
import { reactionNames } from '../../../mixer/compositor/overlay/reaction-shapes.ts';
import type { SceneLayout, SceneMember } from '../../../mixer/compositor/scene.ts';
import { cast, castMember, dismissCast } from './cast.ts';
import { compareWithGolden, goldenNames } from './golden-files.ts';

/** Something to be seen. */
interface Shot {
  readonly members: readonly SceneMember[];
  readonly mode: LayoutMode;
  readonly pinned?: number;
  readonly page?: number;
  /** Numbers of those who speak; the first one if not given. */
  readonly speaking?: readonly number[];
  readonly size?: readonly [width: number, height: number];
  readonly labels?: boolean;
  /** Whether everybody reacts, each in another way. */
  readonly reacting?: boolean;
  /** The canvas they are arranged on; that of the size if not given. */
  readonly arrangedOn?: readonly [width: number, height: number];
  /** What it is half-way to, or 40 % if that says more. */
  readonly then?: Omit<Shot, 'then' | 'size' | 'labels' | 'reacting' | 'arrangedOn'>;
}

const hd = [1280, 720] as const;
const presenter = castMember(0, { screen: true });
const withScreen = (count: number): SceneMember[] => [...cast(count + 1).slice(1), presenter];

const shots: Record<string, Shot> = {
  'grid-1': { members: cast(1), mode: 'grid' },
  'grid-2': { members: cast(2), mode: 'grid' },
  'grid-3': { members: cast(3), mode: 'grid' },
  'grid-5': { members: cast(5), mode: 'grid' },
  'grid-9': { members: cast(9), mode: 'grid', speaking: [1, 4], size: hd },
  'grid-16': { members: cast(16), mode: 'grid' },
  'grid-25': { members: cast(25), mode: 'grid' },
  'grid-49': { members: cast(49), mode: 'grid', size: hd },
  'grid-5-of-4-to-3': { members: cast(5), mode: 'grid', size: [480, 360] },
  'grid-4-upright': { members: cast(4), mode: 'grid', size: [360, 640] },
  'grid-6-without-labels': { members: cast(6), mode: 'grid', labels: false, speaking: [] },
  'medium-4': { members: cast(4), mode: 'grid', size: [640, 360], arrangedOn: hd },
  'medium-9': { members: cast(9), mode: 'grid', size: [640, 360], arrangedOn: hd },
  'low-4': { members: cast(4), mode: 'grid', size: [320, 180], arrangedOn: hd },
  'low-9': { members: cast(9), mode: 'grid', size: [320, 180], arrangedOn: hd },
  'low-speaker-20': {
    members: cast(20),
    mode: 'speaker',
    pinned: 2,
    size: [320, 180],
    arrangedOn: hd,
  },
  'speaker-2': { members: cast(2), mode: 'speaker' },
  'speaker-6': { members: cast(6), mode: 'speaker', pinned: 4, speaking: [4] },
  'speaker-20': { members: cast(20), mode: 'speaker', pinned: 2, speaking: [2] },
  'speaker-20-page-2': { members: cast(20), mode: 'speaker', pinned: 2, page: 1 },
  'speaker-6-upright': { members: cast(6), mode: 'speaker', size: [360, 640] },
  'presentation-1': { members: [presenter], mode: 'presentation' },
  'presentation-4': { members: withScreen(3), mode: 'presentation', speaking: [2] },
  'presentation-13': { members: withScreen(12), mode: 'presentation', speaking: [0, 3] },
  'pip-2': { members: cast(2), mode: 'pip' },
  'pip-5': { members: cast(5), mode: 'pip', pinned: 3, speaking: [0] },
  'single-3': { members: cast(3), mode: 'single', pinned: 2 },
  'single-screen': { members: withScreen(2), mode: 'single', pinned: 0 },
  'reactions-6': { members: cast(6), reacting: true, mode: 'grid', size: hd },
  'reactions-16': { members: cast(16), reacting: true, mode: 'grid' },
  'low-reactions-9': {
    members: cast(9),
    reacting: true,
    mode: 'grid',
    size: [320, 180],
    arrangedOn: hd,
  },
  'reactions-half-way': {
    members: cast(2),
    reacting: true,
    mode: 'grid',
    then: { members: cast(3), mode: 'grid' },
  },
  'join-half-way': {
    members: cast(2),
    mode: 'grid',
    then: { members: cast(3), mode: 'grid' },
  },
  'leave-half-way': {
    members: cast(5),
    mode: 'grid',
    then: { members: cast(5).slice(1), mode: 'grid', speaking: [1] },
  },
  'speaker-change-half-way': {
    members: cast(6),
    mode: 'speaker',
    then: { members: cast(6), mode: 'speaker', pinned: 3, speaking: [3] },
  },
  'grid-to-presentation-half-way': {
    members: cast(4),
    mode: 'grid',
    then: { members: withScreen(3), mode: 'presentation' },
  },
};

afterAll(dismissCast);

function take(compositor: Compositor, shot: Shot | NonNullable<Shot['then']>): void {
  const { members, mode, pinned = null, page = 0, speaking = [0] } = shot;
  const idOf = (index: number): string => `member ${index}`;
  const arrangement: SceneLayout = {
    mode,
    pinned: pinned === null ? null : idOf(pinned),
    speaker: null,
    page,
  };
  compositor.setScene(members, arrangement);
  compositor.setSpeaking(speaking.map(idOf));
}

describe('the golden picture', () => {
  it.each(Object.entries(shots))('%s', async (name, shot) => {
    const [width, height] = shot.size ?? [640, 360];
    const [layoutWidth, layoutHeight] = shot.arrangedOn ?? [width, height];
    const compositor = new Compositor({
      width,
      height,
      layoutSize: { width: layoutWidth, height: layoutHeight },
      labels: shot.labels ?? true,
    });
    try {
      if (shot.reacting) {
        const reactions = Array.from({ length: 20 }, (_, index) => index).map(
          (index) => [`member ${index}`, reactionNames[index % reactionNames.length]!] as const,
        );
        compositor.setReactions(new Map(reactions));
      }
      take(compositor, shot);
      compositor.compose(0);
      if (shot.then) {
        take(compositor, shot.then);
        compositor.compose(100);
      }
      expect(await compareWithGolden(name, compositor.frame)).toBeNull();
    } finally {
      compositor.close();
    }
  });

  it('has somebody who looks at it', () => {
    expect(goldenNames().toSorted()).toEqual(Object.keys(shots).toSorted());
  });
});
