import type { AccessUnit } from './access-unit.ts';

/** The access units since the last keyframe, while that is young: with them a newcomer has a picture at once. */
export class GopCache {
  readonly #maxAgeMs: number;
  #units: AccessUnit[] = [];
  #keyframeMs = -Infinity;

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
  }

  /** Adds the unit made next; a keyframe starts anew. */
  push(unit: AccessUnit, nowMs: number): void {
    if (unit.keyframe) {
      this.#units = [unit];
      this.#keyframeMs = nowMs;
    } else if (this.#units.length > 0) {
      if (nowMs - this.#keyframeMs < this.#maxAgeMs) this.#units.push(unit);
      else this.clear();
    }
  }

  /** The last keyframe and all units since, in order; empty when that is too old. The caller owns the array. */
  replay(nowMs: number): AccessUnit[] {
    return nowMs - this.#keyframeMs < this.#maxAgeMs ? [...this.#units] : [];
  }

  /** Forgets everything: the next unit does not follow on the last. */
  clear(): void {
    this.#units = [];
    this.#keyframeMs = -Infinity;
  }
}
