/** What people show that they think of something. */
export const reactionNames = [
  'like',
  'applause',
  'heart',
  'laugh',
  'surprise',
  'celebrate',
] as const;
/** One of {@link reactionNames}. */
export type ReactionName = (typeof reactionNames)[number];

/** What is drawn for an emoji, in the order they are offered. */
export const reactionsByEmoji = {
  '👍': 'like',
  '👏': 'applause',
  '❤️': 'heart',
  '😂': 'laugh',
  '😮': 'surprise',
  '🎉': 'celebrate',
} as const satisfies Readonly<Record<string, ReactionName>>;

/** One stroke of a drawing, as SVG has it, on a square of {@link reactionUnits}. */
export interface ReactionShape {
  /** Path data. */
  readonly d: string;
  readonly fill?: string;
  readonly stroke?: string;
  /** Of the stroke; its ends and corners are round. */
  readonly width?: number;
  /** Degrees, clockwise about the middle. */
  readonly turn?: number;
}

/** Both sides of the square they are drawn on. */
export const reactionUnits = 48;

const yellow = '#fbc02d';
const brown = '#7a4f00';
const dark = '#3b2a10';
const white = '#ffffff';
const red = '#e53950';
const blue = '#58b7f0';

const circle = (x: number, y: number, radius: number): string =>
  `M${x} ${y - radius}a${radius} ${radius} 0 1 0 0 ${2 * radius}a${radius} ${radius} 0 1 0 0 ${-2 * radius}Z`;

const face: ReactionShape = { d: circle(24, 24, 20), fill: yellow, stroke: brown, width: 1.5 };

/** Fingers, thumb and palm of a flat hand: a dark one, and a smaller one on it. */
const hand = (turn: number, aside: number): ReactionShape[] => {
  const fingers = [-7.5, -2.5, 2.5, 7.5]
    .map((x, index) => `M${24 + aside + x} 26V${[15, 11, 11.5, 15][index] ?? 12}`)
    .join('');
  const d = `${fingers}M${24 + aside - 14} 27l6.5 7`;
  const palm = `M${24 + aside - 9} 25h18v7a9 9 0 0 1-18 0Z`;
  return [
    { d, stroke: brown, width: 6.6, turn },
    { d: palm, fill: yellow, stroke: brown, width: 3, turn },
    { d, stroke: yellow, width: 4.2, turn },
    { d: palm, fill: yellow, turn },
  ];
};

/**
 * The drawings of reactions: our own, for no font that comes with us has them, and they are to look the same in the picture,
 * in recordings and on buttons. The browser draws them, too.
 */
export const reactionShapes: Readonly<Record<ReactionName, readonly ReactionShape[]>> = {
  like: [
    {
      d: 'M16 21.5l7.5-14.6a3.6 3.6 0 0 1 6.8 2.3L28.5 18H39a4 4 0 0 1 3.9 4.8l-3 14.4A5 5 0 0 1 35 41.2H16Z',
      fill: yellow,
      stroke: brown,
      width: 1.8,
    },
    { d: 'M5.5 21.5h9v20h-9Z', fill: '#3f7fd6', stroke: '#1d3f77', width: 1.8 },
    { d: 'M31.5 25.2h10M30.5 30.6h9.6M30 36h8.8', stroke: brown, width: 1.6 },
  ],
  applause: [
    ...hand(18, 5),
    ...hand(-14, -4),
    { d: 'M9 12l-3.4-3.4M15.5 7.6L14.4 3.4M4.6 19L1.8 18', stroke: white, width: 2.4 },
  ],
  heart: [
    {
      d: 'M24 42.5C9 31 4.5 23.5 4.5 16.6 4.5 10.4 9.1 6 14.7 6c3.9 0 7.4 2.2 9.3 5.8C25.9 8.2 29.4 6 33.3 6c5.6 0 10.2 4.4 10.2 10.6 0 6.9-4.5 14.4-19.5 25.9Z',
      fill: red,
      stroke: '#8f1426',
      width: 1.8,
    },
    { d: 'M10.4 16.5c.2-2.6 1.7-4.4 4-4.8', stroke: '#ff9dab', width: 2.6 },
  ],
  laugh: [
    face,
    { d: 'M12 20c1.5-4 6-4 7.5 0M28.5 20c1.5-4 6-4 7.5 0', stroke: dark, width: 2.4 },
    { d: 'M12.5 25h23a11.5 12 0 0 1-23 0Z', fill: dark },
    { d: 'M14.5 26.2h19l-.6 3h-17.8Z', fill: white },
    { d: 'M16.5 33.5a8.5 5.5 0 0 1 15 0 11.5 8 0 0 1-15 0Z', fill: red },
    {
      d: 'M9.5 22c-4.5 2.5-6.5 5.5-6.3 8a3.9 3.9 0 0 0 7.7.2c.2-2.4-.9-5.3-1.4-8.2Z',
      fill: blue,
    },
    {
      d: 'M38.5 22c4.5 2.5 6.5 5.5 6.3 8a3.9 3.9 0 0 1-7.7.2c-.2-2.4.9-5.3 1.4-8.2Z',
      fill: blue,
    },
  ],
  surprise: [
    face,
    { d: `${circle(16.5, 19.5, 2.8)}${circle(31.5, 19.5, 2.8)}`, fill: dark },
    {
      d: 'M12.5 12.6c1.6-1.8 4-2.6 6.3-2.1M35.5 12.6c-1.6-1.8-4-2.6-6.3-2.1',
      stroke: dark,
      width: 2,
    },
    { d: 'M24 26.5a5.5 6.8 0 1 0 0 13.6a5.5 6.8 0 1 0 0-13.6Z', fill: dark },
  ],
  celebrate: [
    { d: 'M5.5 42.5L16 17.5 30.5 32Z', fill: yellow, stroke: brown, width: 1.8 },
    { d: 'M12.3 26.5l9.3 9.3M9 34.5l4.6 4.6', stroke: red, width: 2.6 },
    { d: 'M22 15c1.5-4 .5-7.5-2.5-10M33 26c4-1.5 7.5-.5 10 2.5', stroke: blue, width: 2.6 },
    { d: 'M27 21c1-6 5-9.5 11.5-10', stroke: red, width: 2.6 },
    { d: `${circle(30, 8, 2.2)}${circle(41, 20, 2.2)}`, fill: '#7ed36b' },
    { d: `${circle(10, 10, 2)}${circle(38.5, 38, 2)}`, fill: '#c58bf2' },
    { d: circle(42.5, 6.5, 2), fill: yellow },
  ],
};
