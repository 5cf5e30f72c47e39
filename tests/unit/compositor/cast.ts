import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { NativePicture, Picture } from '../../../mixer/compositor/picture.ts';
import type { SceneMember } from '../../../mixer/compositor/scene.ts';
import { nativeOf, rgbaFrame } from './frames.ts';

/** In the scripts of the fonts that come with the product: no system has others for them. */
const names = [
  'Alice Martin',
  'Νίκος Παπαδόπουλος',
  'Bob',
  'דוד כהן',
  'Chloé Dupont-Lefèvre',
  'Анна Каренина',
  'محمد علي',
  'Maximiliane Freifrau von Hohenfels-Wittgenstein',
  'Łukasz Żak',
  'Ümit Çelik',
  'Søren Ångström',
  'Иван',
  'Sinéad',
  'Ελένη',
  'Zoë',
  'שרה לוי',
  'فاطمة',
];

/** Sizes of what they send, over and over: also upright, 4:3, 21:9 and small. */
const sizes = [
  [640, 360],
  [640, 360],
  [360, 640],
  [640, 360],
  [480, 360],
  [640, 360],
  [840, 360],
  [322, 182],
] as const;

/** What a member of the cast does, by their number; all of them are `member ${number}`. */
export interface Part {
  /** Whether they share a screen. */
  readonly screen?: boolean;
}

/** A participant of the golden pictures; always the same for a number. */
export function castMember(index: number, { screen = false }: Part = {}): SceneMember {
  const name = names[index % names.length]!;
  const round = Math.floor(index / names.length);
  const hasVideo = screen || (index % 7 !== 5 && index % 11 !== 9);
  const picture = hasVideo ? pictureOf(index, screen) : null;
  return {
    id: `member ${index}`,
    name: round === 0 ? name : `${name} ${round + 1}`,
    screen,
    muted: index % 4 === 1,
    hand: index % 9 === 3,
    source: picture && { latest: () => picture },
  };
}

/** So many of them. */
export function cast(count: number): SceneMember[] {
  return Array.from({ length: count }, (_, index) => castMember(index));
}

const drawn = new Map<string, NativePicture>();

function pictureOf(index: number, screen: boolean): Picture {
  const key = `${index} ${String(screen)}`;
  let picture = drawn.get(key);
  if (picture === undefined) {
    const [width, height] = screen ? ([960, 600] as const) : sizes[index % sizes.length]!;
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    if (screen) drawSlide(context, width, height);
    else drawPerson(context, width, height, index);
    const pixels = context.getImageData(0, 0, width, height).data;
    picture = nativeOf(rgbaFrame(width, height, Buffer.from(pixels.buffer), 'yuv420p'));
    drawn.set(key, picture);
  }
  return picture;
}

/** Frees the pictures of the cast. */
export function dismissCast(): void {
  for (const { frame } of drawn.values()) frame.free();
  drawn.clear();
}

/** Head and shoulders in front of a wall; the head is where people's is, so that a bad crop cuts it. */
function drawPerson(context: SKRSContext2D, width: number, height: number, index: number): void {
  const hue = (index * 67) % 360;
  const wall = context.createLinearGradient(0, 0, width, height);
  wall.addColorStop(0, `hsl(${hue} 32% 74%)`);
  wall.addColorStop(1, `hsl(${(hue + 40) % 360} 38% 46%)`);
  context.fillStyle = wall;
  context.fillRect(0, 0, width, height);
  const unit = Math.min(width * 0.57, height) / 100;
  const x = width / 2;
  const y = height > width ? height * 0.33 : height * 0.44;
  const skin = ['#f0c9a8', '#c98d63', '#8a5a3c', '#e3b089'][index % 4]!;
  context.fillStyle = `hsl(${(hue + 170) % 360} 45% 34%)`;
  context.beginPath();
  context.ellipse(x, y + 78 * unit, 46 * unit, 48 * unit, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillRect(x - 46 * unit, y + 78 * unit, 92 * unit, height);
  context.fillStyle = skin;
  context.fillRect(x - 8 * unit, y + 12 * unit, 16 * unit, 20 * unit);
  context.beginPath();
  context.ellipse(x, y + 32 * unit, 8 * unit, 5 * unit, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = ['#2b211d', '#6b4a2f', '#171515', '#b58a4a'][(index >> 1) % 4]!;
  disc(context, x, y - 5 * unit, 25 * unit);
  context.fillStyle = skin;
  context.beginPath();
  context.ellipse(x, y + 2 * unit, 20 * unit, 23 * unit, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = '#2a2230';
  disc(context, x - 7.5 * unit, y - unit, 2.4 * unit);
  disc(context, x + 7.5 * unit, y - unit, 2.4 * unit);
  context.strokeStyle = '#8c3f3a';
  context.lineWidth = 2.2 * unit;
  context.lineCap = 'round';
  context.beginPath();
  context.arc(x, y + 7 * unit, 8 * unit, 0.18 * Math.PI, 0.82 * Math.PI);
  context.stroke();
}

/** A slide with a frame around it: of a screen everything has to be seen. */
function drawSlide(context: SKRSContext2D, width: number, height: number): void {
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.strokeStyle = '#d32f2f';
  context.lineWidth = 12;
  context.strokeRect(6, 6, width - 12, height - 12);
  context.fillStyle = '#1a2b4a';
  context.fillRect(60, 60, 420, 34);
  context.fillStyle = '#a9b2c1';
  [330, 380, 300, 350].forEach((length, row) => context.fillRect(60, 150 + row * 44, length, 14));
  ['#3b82c4', '#e58a2b', '#4aa564', '#8d5bb5', '#c94f5d'].forEach((colour, column) => {
    const bar = 120 + ((column * 137) % 260);
    context.fillStyle = colour;
    context.fillRect(520 + column * 76, 520 - bar, 52, bar);
  });
  context.fillStyle = '#5b6678';
  context.fillRect(500, 520, 400, 4);
}

function disc(context: SKRSContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
