import wrtc from '@roamhq/wrtc';

/** A session description. */
export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** An ICE candidate as it is signalled. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
}

/** A track of libwebrtc's. */
export interface Track {
  readonly kind: 'audio' | 'video';
}

/** The part of libwebrtc's PeerConnection that is used here. */
export interface Connection {
  ontrack: ((event: { track: Track }) => void) | null;
  onicecandidate: ((event: { candidate: Candidate | null }) => void) | null;
  addTrack(track: Track): unknown;
  createOffer(): Promise<Description>;
  createAnswer(): Promise<Description>;
  setLocalDescription(description: Description): Promise<void>;
  setRemoteDescription(description: Description): Promise<void>;
  addIceCandidate(candidate: Candidate): Promise<void>;
  close(): void;
}

/** A decoded picture, packed I420. */
export interface DecodedFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** 10 ms of sound. */
export interface Sound {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly channelCount?: number;
}

/** Takes decoded media off a track. */
interface Sink<Event> {
  onframe: ((event: Event) => void) | null;
  ondata: ((event: Event) => void) | null;
  stop(): void;
}

const native = wrtc as unknown as {
  RTCPeerConnection: new (config: { iceServers: []; bundlePolicy: 'max-bundle' }) => Connection;
  nonstandard: {
    RTCVideoSink: new (track: Track) => Sink<{ frame: DecodedFrame }>;
    RTCAudioSink: new (track: Track) => Sink<Sound>;
    RTCVideoSource: new () => { createTrack(): Track; onFrame(frame: DecodedFrame): void };
    RTCAudioSource: new () => { createTrack(): Track; onData(sound: Sound): void };
  };
};

/** libwebrtc's PeerConnection, and what brings decoded media in and out. */
export const { RTCPeerConnection } = native;
/** See {@link RTCPeerConnection}. */
export const { RTCVideoSink, RTCAudioSink, RTCVideoSource, RTCAudioSource } = native.nonstandard;
