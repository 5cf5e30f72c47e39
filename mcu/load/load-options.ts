/** What a run does. */
export interface LoadOptions {
  /** Of the server, such as `http://localhost:8080`. */
  readonly url: string;
  /** The room; with more than one of them, a number is put behind. */
  readonly room: string;
  /** Who send, in all rooms together; listeners come on top. */
  readonly participants: number;
  /** Who send nothing, in all rooms together. */
  readonly listeners: number;
  readonly rooms: number;
  /** Seconds over which they join. */
  readonly ramp: number;
  /** Seconds they stay once all have joined; 0: until the run is aborted. */
  readonly duration: number;
  /** So many of each room's participants are heard; the others are silent. */
  readonly speakers: number;
  /** So many participants a minute leave, another joining in the place of each. */
  readonly churn: number;
  /** A media file that is played instead of generated pictures and voices. */
  readonly clip?: string | undefined;
  /** Shares of packets that are lost, 0 to 1. */
  readonly loss: { readonly downlink: number; readonly uplink: number };
  /** A fixed size of the uplink's pictures, in pixels; absent: what the server asks for. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Pictures a second of the uplink at most. */
  readonly fps: number;
  readonly codec: 'h264' | 'vp8';
  /** The rung that is asked for. */
  readonly quality?: string | undefined;
  readonly token?: string | undefined;
}

/** What is done where nothing is said. */
export const loadDefaults = {
  url: 'http://localhost:8080',
  room: 'load',
  participants: 4,
  listeners: 0,
  rooms: 1,
  ramp: 0,
  duration: 30,
  speakers: 1,
  churn: 0,
  loss: { downlink: 0, uplink: 0 },
  fps: 25,
  codec: 'h264',
} as const satisfies LoadOptions;
