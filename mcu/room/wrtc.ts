import wrtc from '@roamhq/wrtc';

/**
 * The part of @roamhq/wrtc that is used here. Its own types refer to the DOM's, which this side does
 * not have. Left out on purpose are senders and receivers, which crash at exit once they were touched, and the local
 * description, which is read without a lock while candidates are added to it.
 */
export interface NativePeerConnection {
  ontrack: ((event: { track: NativeTrack }) => void) | null;
  onicecandidate:
    | ((event: {
        candidate: {
          candidate: string;
          sdpMid: string | null;
          sdpMLineIndex: number | null;
          usernameFragment: string | null;
        } | null;
      }) => void)
    | null;
  onconnectionstatechange: (() => void) | null;
  /** `new`, `connecting`, `connected`, `disconnected`, `failed` or `closed`. */
  readonly connectionState: string;
  setRemoteDescription(description: { type: 'offer'; sdp: string }): Promise<void>;
  createAnswer(): Promise<{ type: 'answer'; sdp: string }>;
  setLocalDescription(description: { type: 'answer'; sdp: string }): Promise<void>;
  addIceCandidate(candidate: {
    candidate: string;
    sdpMid: string | null;
    sdpMLineIndex: number | null;
  }): Promise<void>;
  getStats(): Promise<ReadonlyMap<string, Record<string, unknown>>>;
  close(): void;
}

/** A remote track; it only feeds a sink. */
export interface NativeTrack {
  readonly kind: 'audio' | 'video';
}

/** A decoded picture: packed I420, a copy of its own, not yet turned upright. No timestamp comes with it. */
export interface NativeVideoFrame {
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise: 0, 90, 180 or 270. */
  readonly rotation?: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** 10 ms of decoded sound; the rate may change from one call to the next. */
export interface NativeAudioData {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly channelCount?: number;
}

interface Native {
  RTCPeerConnection: new (config: {
    iceServers: unknown[];
    bundlePolicy: 'max-bundle';
    portRange?: { min: number; max: number };
  }) => NativePeerConnection;
  nonstandard: {
    RTCVideoSink: new (track: NativeTrack) => {
      onframe: ((event: { frame: NativeVideoFrame }) => void) | null;
      stop(): void;
    };
    RTCAudioSink: new (track: NativeTrack) => {
      ondata: ((data: NativeAudioData) => void) | null;
      stop(): void;
    };
  };
}

const native = wrtc as unknown as Native;
/** libwebrtc's PeerConnection. */
export const { RTCPeerConnection } = native;
/** Sinks that take decoded media off a track. */
export const { RTCVideoSink, RTCAudioSink } = native.nonstandard;
