import fc from 'fast-check';

/** The seed of this run: `FUZZ_SEED`, or the time. */
export const fuzzSeed: number = Number(process.env['FUZZ_SEED'] ?? Date.now() & 0x7fffffff);

/** How a failure is seen again. */
export const again = (what: string): string => `${what}: FUZZ_SEED=${String(fuzzSeed)}`;

const chunk = 500;

/** Generates values, in the same order for the same seed; a part of them at a time, so that they need no memory. */
export function* generate<Value>(
  arbitrary: fc.Arbitrary<Value>,
  count: number,
  seed = fuzzSeed,
): Generator<Value> {
  for (let done = 0; done < count; done += chunk) {
    const numRuns = Math.min(chunk, count - done);
    yield* fc.sample(arbitrary, { seed: (seed + done) | 0, numRuns });
  }
}

/** For properties of pure code: as many runs, of this run's seed. */
export const runs = (numRuns: number): { seed: number; numRuns: number } => ({
  seed: fuzzSeed,
  numRuns,
});

/** One of these, each so much more often than others as its weight says. */
export const oneOf = <Value>(
  ...choices: (readonly [weight: number, arbitrary: fc.Arbitrary<Value>])[]
): fc.Arbitrary<Value> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
