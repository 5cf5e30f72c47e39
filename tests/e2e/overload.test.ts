import { expect, it } from 'vitest';
import { overload } from '../soak/load/overload.ts';

it('rooms are refused beyond the budget, those that are there go on, and all is well when the load has gone', async () => {
  // Small enough that hardly any machine is too slow for it: what is tried is the budget.
  const outcome = await overload(
    { ONEGRID_CANVAS: '320x180', ONEGRID_CPU_BUDGET: '0.3' },
    { participantsPerRoom: 2, alone: 2, every: 0.5, hold: 2, rest: 2, mostRooms: 6 },
  );
  expect(outcome.budgetCores).toBe(0.3);
  expect(outcome).toMatchObject({ refusal: 'overloaded', readyz: 503, complaints: [] });
  expect(outcome.rooms).toBeGreaterThanOrEqual(1);
  expect(outcome.rooms).toBeLessThan(6);
  expect(outcome.underLoad / outcome.alone).toBeGreaterThan(0.9);
  expect(outcome.after / outcome.alone).toBeGreaterThan(0.9);
  expect(outcome.rungs).toEqual(['high', 'high']);
});
