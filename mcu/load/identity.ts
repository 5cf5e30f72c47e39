/** Who sends RTCP, and with what chance. */
export interface Identity {
  readonly cname: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
