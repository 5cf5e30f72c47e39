import fc from 'fast-check';

/** The same cases in every run, so that a red test is red again. */
fc.configureGlobal({ seed: 20260101 });

/** Many bytes from two numbers: a failure shrinks in a moment, where a byte array takes minutes. */
export function patterned(length: { min?: number; max: number }): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.integer({ min: 0, ...length }), fc.nat({ max: 255 }))
    .map(([size, first]) => Uint8Array.from({ length: size }, (_, at) => (first + at * 31) & 0xff));
}
