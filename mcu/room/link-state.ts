/** What is known about the path to one receiver. Rates are on the wire, in bits a second. */
export interface LinkState {
  /** What the path takes, as far as is known. */
  readonly bitsPerSecond: number;
  /** What arrived lately; null before any feedback. */
  readonly acknowledgedBitsPerSecond: number | null;
  /** Of the last second or two, 0 to 1. */
  readonly lossFraction: number;
  /** Smoothed; null before any feedback. */
  readonly rttMs: number | null;
  /** How much longer packets take now than they need to. */
  readonly queueMs: number;
  /** What the delays say: the path is used too much, fits, or is emptying. */
  readonly usage: 'normal' | 'over' | 'under';
  /** What keeps the estimate down. */
  readonly limitedBy: 'delay' | 'loss' | 'timeout' | 'nothing';
  /** What was sent in the last second, everything counted. */
  readonly sentBitsPerSecond: number;
  /** How long what waits in the server will take, milliseconds. */
  readonly backlogMs: number;
}
