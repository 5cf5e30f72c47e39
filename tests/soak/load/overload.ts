import { inChild } from '../../bench/lab/in-child.ts';
import { TestServer } from '../../harness/server.ts';
import { type Overload, overloadSchema, type OverloadTask } from './rooms-process.ts';

/** What existing rooms keep of their rate, at least. */
const kept = 0.9;

/** How a server was while rooms were added to it. */
export interface Watched extends Overload {
  /** Most processor time its rooms took, in cores, and what they may. */
  readonly usedCores: number;
  readonly budgetCores: number;
  /** The greatest level of any governor, and the one at the end. */
  readonly level: number;
  readonly lastLevel: number;
  /** What the log complains of. */
  readonly complaints: readonly string[];
}

/**
 * Adds synthetic rooms to a server of its own until one is refused.
 * @param settings - of the server; `ONEGRID_CPU_BUDGET` is that of the machine where nothing else is said
 */
export async function overload(
  settings: Record<string, string>,
  task: Omit<OverloadTask, 'url'>,
): Promise<Watched> {
  const server = await TestServer.start({
    ONEGRID_LOG_LEVEL: 'info',
    ONEGRID_CPU_BUDGET: '',
    ONEGRID_GOVERNOR: 'on',
    ...settings,
  });
  const readings: { used: number; level: number }[] = [];
  const read = async (): Promise<void> => {
    const used = await server.metricSum('onegrid_cpu_used_cores');
    readings.push({ used, level: await server.metricSum('onegrid_governor_level') });
  };
  const timer = setInterval(() => void read().catch(() => undefined), 1000);
  try {
    const budgetCores = await server.metricSum('onegrid_cpu_budget_cores');
    const module = new URL('rooms-process.ts', import.meta.url);
    const outcome = await inChild(module, { ...task, url: server.url }, overloadSchema);
    clearInterval(timer);
    return {
      ...outcome,
      budgetCores,
      usedCores: Math.max(0, ...readings.map(({ used }) => used)),
      level: Math.max(0, ...readings.map(({ level }) => level)),
      lastLevel: readings.at(-1)?.level ?? 0,
      complaints: server.complaints().map(({ msg }) => msg),
    };
  } finally {
    clearInterval(timer);
    await server.stop();
  }
}

/** What is not as it is to be, one sentence for each thing. */
export function wrongWith(outcome: Watched): string[] {
  const { refusal, readyz, alone, underLoad, worst, after, rungs, lastLevel, complaints } = outcome;
  const wrong: string[] = [];
  if (refusal !== 'overloaded') wrong.push(`The last room was told ${String(refusal)}.`);
  if (readyz !== 503) wrong.push(`/readyz said ${readyz}.`);
  for (const [who, rate] of [
    ['The first room', underLoad],
    ['The room that got least', worst],
  ] as const) {
    if (rate >= kept * alone) continue;
    wrong.push(`${who} got ${rate.toFixed(1)} a second under load, and ${alone.toFixed(1)} alone.`);
  }
  if (after < 0.95 * alone) wrong.push(`After the load it got ${after.toFixed(1)} a second.`);
  if (rungs.some((rung) => rung !== 'high')) wrong.push(`It got ${rungs.join(', ')} then.`);
  if (lastLevel !== 0) wrong.push(`It still saves (level ${lastLevel}).`);
  if (complaints.length > 0) wrong.push(`The log complains: ${complaints.join(', ')}.`);
  return wrong;
}

/**
 * T7: synthetic rooms of four are added until `overloaded`; those that are there keep 90 % of their rate; 30 s after the load has
 * gone all is as before.
 * @returns what is wrong
 */
export async function overloadSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const outcome = await overload(quick ? { ONEGRID_CPU_BUDGET: '0.6' } : {}, {
    participantsPerRoom: quick ? 2 : 4,
    alone: quick ? 3 : 10,
    every: quick ? 2 : 8,
    hold: quick ? 3 : 20,
    rest: quick ? 10 : 30,
    mostRooms: 40,
  });
  console.table(
    Object.fromEntries(
      Object.entries(outcome).map(([name, value]) => [
        name,
        typeof value === 'number' ? Math.round(value * 100) / 100 : String(value),
      ]),
    ),
  );
  return wrongWith(outcome);
}
