/** Where an estimator begins and between what it stays. */
export interface EstimatorOptions {
  /** The estimate before there is any feedback, bits per second on the wire. */
  readonly startBitsPerSecond: number;
  /** The estimate never falls below; bits per second, default 10 000. */
  readonly minimumBitsPerSecond?: number;
  /** The estimate never rises above; bits per second, default 20 000 000. */
  readonly maximumBitsPerSecond?: number;
}

/** What the path to one receiver is like. */
export interface Estimate {
  /** What the path takes, bits per second on the wire: IP and UDP headers are counted. */
  readonly bitsPerSecond: number;
  /** What arrived lately, bits per second; null before any feedback. */
  readonly acknowledgedBitsPerSecond: number | null;
  /** Share of the packets of the last two seconds that were lost, 0 to 1. */
  readonly lossFraction: number;
  /** From sending to feedback, smoothed, milliseconds; null before any feedback. */
  readonly rttMs: number | null;
  /** How much longer packets take now than at the least of the last ten seconds, milliseconds. */
  readonly queueMs: number;
  /** What the delay says: the path is asked for more than it takes, for less and its queue empties, or neither. */
  readonly usage: Usage;
  /** Why the estimate was lowered in the last seconds. */
  readonly limitedBy: 'delay' | 'loss' | 'timeout' | 'nothing';
}

/** What the delay detector says. */
export type Usage = 'normal' | 'over' | 'under';

/** What a probe showed. */
export interface ProbeResult {
  /** The probe, as it was named when its packets were sent. */
  readonly probe: number;
  /** What arrived of it, bits per second; null if too little was acknowledged in time. */
  readonly bitsPerSecond: number | null;
  /** Share of its packets that were lost, 0 to 1; 1 if none was acknowledged. */
  readonly lossFraction: number;
}
