import type { Observation } from '../../harness/observe.ts';
import { observe } from '../../harness/observe.ts';
import { pictureSeen } from '../../harness/seen.ts';
import { readWatch } from '../../harness/watch.ts';
import { say, withCall } from './call.ts';

const others = 3;
/** Rates down in kbit/s, one after the other, and the rung each is to give. */
const steps = [
  { kbps: 2500, rung: 'high' },
  { kbps: 900, rung: 'medium' },
  { kbps: 300, rung: 'low' },
  { kbps: 60, rung: 'audio' },
  { kbps: 2500, rung: 'high' },
] as const;
/** The way up is told by feedback of the receiver: it must not be what is missing. */
const upKbps = 2500;

/** What one run gives. */
interface Run {
  readonly wrong: string[];
  /** Changes of rung of all the others together, the first one given not counted. */
  readonly othersChanges: number;
}

/**
 * T1: the link to one receiver goes from 2500 kbit/s to 900, 300, 60 and back. The rung follows, with freezes under 2 s and no
 * gap in the sound of more than 300 ms at each step down, and is back at the top within 45 s; the others' rungs change no more
 * often than in a run of the same length in which nothing happens.
 * @returns what is wrong
 */
export async function stepsSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const lengths = quick ? { seconds: 8, lastSeconds: 20 } : { seconds: 30, lastSeconds: 45 };
  const trial = await run(lengths, true);
  const control = await run(lengths, false);
  console.log(
    `the others' rungs changed ${trial.othersChanges} times, ${control.othersChanges} without`,
  );
  if (trial.othersChanges <= control.othersChanges) return trial.wrong;
  return [
    ...trial.wrong,
    `The others' rungs changed ${trial.othersChanges} times, ${control.othersChanges} in the control run.`,
  ];
}

/** How long each step takes, and the last one. */
interface Lengths {
  readonly seconds: number;
  readonly lastSeconds: number;
}

function run({ seconds, lastSeconds }: Lengths, narrow: boolean): Promise<Run> {
  return withCall({ others }, async ({ lab, alice, crowd }) => {
    const wrong: string[] = [];
    for (const [index, { kbps, rung }] of steps.entries()) {
      const isLast = index === steps.length - 1;
      const length = isLast ? lastSeconds : seconds;
      const observed = await observe(lab, alice, length, () => {
        if (narrow) lab.host.limit({ down: kbps, up: upKbps });
      });
      if (!narrow) continue;
      say(`${kbps} kbit/s`, observed);
      if (observed.rung !== rung) {
        wrong.push(`At ${kbps} kbit/s the rung is ${observed.rung ?? 'none'}, not ${rung}.`);
      }
      if (index === 0 || isLast) continue;
      const { frozenMs } = pictureSeen(await readWatch(alice), withPicture(observed));
      if (frozenMs >= 2000) {
        wrong.push(
          `At the step to ${kbps} kbit/s the picture froze for ${frozenMs.toFixed(0)} ms.`,
        );
      }
      const { longestGapMs } = observed.sound;
      if (longestGapMs > 300) {
        wrong.push(
          `At ${kbps} kbit/s there is a gap of ${longestGapMs.toFixed(0)} ms in the sound.`,
        );
      }
    }
    const { details } = await crowd.leave();
    const othersChanges = details.reduce(
      (sum, { rungs }) => sum + Math.max(0, rungs.length - 1),
      0,
    );
    return { wrong, othersChanges };
  });
}

/** The part of a span in which there is to be a picture: until the rung is `audio`. */
function withPicture({ span, changes }: Observation): { from: number; to: number } {
  const ended = changes.find(({ rung }) => rung === 'audio');
  return { from: span.from, to: ended === undefined ? span.to : span.from + ended.afterMs };
}
