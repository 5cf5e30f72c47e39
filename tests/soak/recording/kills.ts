import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRun, type Victim, victims } from '../../harness/recording-kills.ts';

/**
 * T3: kill -9 at random moments of the room process, the output process, the gateway, and all of them, five times each: what was
 * recorded plays, at most a second and a half of it is lost, and it is in the state that it should be in.
 * @returns what is wrong
 */
export async function killsSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const wrong: string[] = [];
  const order: Victim[] = quick
    ? ['room']
    : victims.flatMap((victim) => [victim, victim, victim, victim, victim]);
  for (const victim of order) {
    const data = mkdtempSync(join(tmpdir(), 'onegrid-kills-'));
    try {
      const run = await killRun(victim, 3000 + Math.random() * 6000, data);
      console.log(
        `${victim.padEnd(7)} after ${(run.killedAfterMs / 1000).toFixed(2)} s: ${run.state}, ` +
          `${run.lostSeconds.toFixed(2)} s lost, one picture for ${run.gapSeconds.toFixed(2)} s${run.errors.length === 0 ? '' : `, ${run.errors.join('; ')}`}`,
      );
      wrong.push(...run.errors.map((error) => `${victim}: ${error}`));
      if (run.lostSeconds > 1.5)
        wrong.push(`${victim}: ${run.lostSeconds.toFixed(2)} s were lost.`);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  }
  return wrong;
}
