import { Placeholders } from '../placeholder.ts';
import { Decorations } from './decorations.ts';
import { reactionNames } from './reaction-shapes.ts';

const canvas = { width: 1280, height: 720 };
/** Latin, a letter that our fonts lack and the system is asked for, and one from right to left. */
const name = 'Warm 王 ש';

/**
 * Draws a few labels and placeholders for nobody: reads the fonts and has the code compiled, before a frame waits for
 * it. Takes about 50 ms once in a process; without it the first drawings of a live room take 5 to 50 ms each.
 */
export function warmUpDrawing(): void {
  const decorations = new Decorations({ canvas });
  const placeholders = new Placeholders();
  for (let round = 0; round < 8; round += 1) {
    const size = { width: 160 + 2 * round, height: 90 };
    const reaction = reactionNames[round % reactionNames.length] ?? null;
    const state = { muted: round % 2 === 0, hand: true, reaction, speaking: true, label: true };
    decorations.of({ name: `${name} ${round}`, ...state }, size);
    placeholders.participant(`${name} ${round}`, size);
  }
}
