/** A fraction of whole numbers. */
export interface Fraction {
  readonly num: number;
  readonly den: number;
}

/**
 * A frame rate as the fraction that is meant: 29.97 is 30000/1001 (and likewise 23.976 and 59.94), 12.5 is 25/2.
 *
 * @param fps - Frames a second, positive.
 */
export function frameRateOf(fps: number): Fraction {
  const whole = Math.round(fps);
  // A television rate, written with two or three digits, is off by a millionth: 0.6 ms in ten minutes.
  if (whole !== fps && Math.abs((whole * 1000) / 1001 - fps) < fps * 2e-6) {
    return { num: whole * 1000, den: 1001 };
  }
  return simplest(fps);
}

/** The fraction of the smallest denominator within a millionth of `value`, by its continued fraction. */
function simplest(value: number): Fraction {
  let [num, den] = [Math.floor(value), 1];
  let [lastNum, lastDen] = [1, 0];
  let rest = value - num;
  while (Math.abs(num / den - value) > value * 1e-6) {
    const term = Math.floor(1 / rest);
    rest = 1 / rest - term;
    [num, lastNum] = [term * num + lastNum, num];
    [den, lastDen] = [term * den + lastDen, den];
  }
  return { num, den };
}
