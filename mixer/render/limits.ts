/** Sides of a picture, in pixels. */
export const leastSide = 16;
/** Sides of a picture, in pixels. */
export const mostSide = 8192;
/** Pictures a second. */
export const leastFps = 1;
/** Pictures a second. */
export const mostFps = 120;
/** No moment of a timeline is later, in seconds: a day. */
export const mostSeconds = 86_400;
/** Characters of a name. */
export const mostNameLength = 64;

/** What a picture's sides must be; the end of a sentence. */
export const sizeRule = `an even number of pixels from ${leastSide} to ${mostSide}`;
/** What a frame rate must be; the end of a sentence. */
export const fpsRule = `a number from ${leastFps} to ${mostFps}`;
/** What a moment must be; the end of a sentence. */
export const secondsRule = `a number of seconds from 0 to ${mostSeconds}`;
/** What a name must be; the end of a sentence. */
export const nameRule = `1 to ${mostNameLength} characters, none of them a control character`;

/** Whether a picture may have this side. */
export function isSide(value: number): boolean {
  return Number.isInteger(value) && value % 2 === 0 && value >= leastSide && value <= mostSide;
}

/** Whether pictures may come at this rate. */
export function isFps(value: number): boolean {
  return value >= leastFps && value <= mostFps;
}

/** Whether this can be a moment of a timeline. */
export function isSeconds(value: number): boolean {
  return value >= 0 && value <= mostSeconds;
}

/** Whether somebody can have this name. */
export function isName(value: string): boolean {
  const length = [...value].length;
  return length >= 1 && length <= mostNameLength && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);
}

/** A name made from any text: cut to its longest, and never empty. */
export function nameFrom(text: string): string {
  const name = [...text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').trim()]
    .slice(0, mostNameLength)
    .join('')
    .trim();
  return name === '' ? 'participant' : name;
}
