/**
 * Makes sound a little longer or shorter, by interpolation (Catmull-Rom). Beyond its ends it is taken to go on as it is.
 *
 * @param samples - At least one.
 * @param change - Samples it is to be longer (positive) or shorter; few in relation to how many there are.
 */
export function stretched(samples: Float32Array, change: number): Float32Array {
  const last = samples.length - 1;
  const out = new Float32Array(samples.length + change);
  const step = samples.length / out.length;
  const sampleAt = (index: number): number => samples[Math.min(Math.max(index, 0), last)] ?? 0;
  for (let i = 0; i < out.length; i += 1) {
    const at = Math.floor(i * step);
    const t = i * step - at;
    const a = sampleAt(at - 1);
    const b = sampleAt(at);
    const c = sampleAt(at + 1);
    const d = sampleAt(at + 2);
    out[i] = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
  return out;
}
