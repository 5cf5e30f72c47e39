import { expect, it } from 'vitest';
import { overload } from '../soak/load/overload.ts';

it('rooms are refused beyond the budget, those that are there go on, and all is well when the load has gone', async () => {
  // Small enough that hardly any machine is too slow for it: what is tried is the budget.
  const outcome = await overload(
    // What a receiver makes of its path is not what is counted.
    { ONEGRID_CANVAS: '320x180', ONEGRID_CPU_BUDGET: '0.3', ONEGRID_RUNGS: 'high' },
    { participantsPerRoom: 2, alone: 3, every: 0.5, hold: 3, rest: 6, mostRooms: 6 },
  );
  expect(outcome.budgetCores).toBe(0.3);
  expect(outcome).toMatchObject({ refusal: 'overloaded', readyz: 503, complaints: [] });
  expect(outcome.rooms).toBeGreaterThanOrEqual(1);
  expect(outcome.rooms).toBeLessThan(6);
  // Of three seconds each, in which a busy machine may have a hiccup: 0.9 is the soak's bar.
  expect(outcome.underLoad / outcome.alone).toBeGreaterThan(0.75);
  expect(outcome.after / outcome.alone).toBeGreaterThan(0.75);
});
