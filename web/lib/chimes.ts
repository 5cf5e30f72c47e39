import type { Tone } from './client/index.ts';

/** Three tones upwards, long enough to turn the volume by them. */
export const testTones: readonly Tone[] = [
  { hertz: 523, atMs: 0, lastsMs: 350 },
  { hertz: 659, atMs: 300, lastsMs: 350 },
  { hertz: 784, atMs: 600, lastsMs: 600 },
];
