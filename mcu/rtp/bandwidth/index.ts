/** What the path to a receiver takes, estimated by the sender. Pure: the clock is an argument. */
export { BandwidthEstimator } from './bandwidth-estimator.ts';
export type { Estimate, EstimatorOptions, ProbeResult } from './estimate.ts';
