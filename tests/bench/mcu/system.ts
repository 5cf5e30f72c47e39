/** The systems that are compared. */
export const systems = ['onegrid', 'wrtc-per-participant', 'gstreamer'] as const;
/** See {@link systems}. */
export type System = (typeof systems)[number];

/** What one participant sends. */
export interface UplinkFormat {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  readonly kilobits: number;
}

/** One run of one system. */
export interface RunTask {
  readonly participants: number;
  readonly uplink: UplinkFormat;
  /** So many of them are heard. */
  readonly speakers: number;
  /** Seconds from everybody's first picture to the measurement. */
  readonly settle: number;
  /** Seconds of the measurement. */
  readonly seconds: number;
  /** Whether to look at what was received. */
  readonly check: boolean;
}
