/**
 * What the client library needs of a browser, as plain structural types. The library compiles and
 * is tested without the DOM; `browser.ts` is the one file that knows the real thing.
 */

/** The part of `WebSocket` that signalling uses. */
export interface SocketLike {
  send(data: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** The part of `MediaStreamTrack` that the client uses. */
export interface TrackLike {
  readonly kind: string;
  readonly id: string;
  readonly readyState: 'live' | 'ended';
  enabled: boolean;
  contentHint: string;
  /** Sizes in pixels. What the browser does not know, or do, is missing. */
  getSettings(): {
    readonly width?: number;
    readonly height?: number;
    readonly deviceId?: string;
    /** Which way a camera looks. */
    readonly facingMode?: string;
    readonly echoCancellation?: boolean | string;
    readonly noiseSuppression?: boolean;
    readonly autoGainControl?: boolean;
  };
  applyConstraints(constraints: object): Promise<void>;
  clone(): TrackLike;
  stop(): void;
  /** `mute`: the system has taken its sound or picture away, for a while. */
  addEventListener(type: 'ended' | 'mute' | 'unmute', listener: () => void): void;
}

/** The part of `MediaStream` that the client uses. */
export interface StreamLike {
  getTracks(): TrackLike[];
}

/** The part of `RTCRtpEncodingParameters` that the client sets. Bits and pictures a second. */
export interface EncodingLike {
  active?: boolean;
  maxBitrate?: number;
  maxFramerate?: number;
  scaleResolutionDownBy?: number;
  priority?: 'high';
  networkPriority?: 'high';
}

/** The part of `RTCRtpSendParameters` that the client sets. */
export interface SendParametersLike {
  encodings?: EncodingLike[];
  degradationPreference?: 'balanced' | 'maintain-framerate' | 'maintain-resolution';
}

/** The part of `RTCRtpSender` that the uplink uses. */
export interface SenderLike {
  replaceTrack(track: TrackLike | null): Promise<void>;
  getParameters(): SendParametersLike;
  setParameters(parameters: SendParametersLike): Promise<void>;
}

/** `RTCIceCandidateInit`, with null where the peer left a field out. */
export interface CandidateInit {
  candidate: string;
  sdpMid?: string | null | undefined;
  sdpMLineIndex?: number | null | undefined;
  usernameFragment?: string | null | undefined;
}

/** A session description on its way in or out. */
export interface DescriptionInit {
  type: 'offer' | 'answer';
  sdp: string;
}

/** `RTCTransceiverInit`, as far as the uplink sets it. Bitrates in bits per second. */
export interface TransceiverInit {
  direction?: 'sendonly';
  streams?: StreamLike[];
  sendEncodings?: EncodingLike[];
}

/** `RTCPeerConnection.connectionState`. */
export type ConnectionState =
  'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** The part of `RTCStatsReport` that is read. */
export interface StatsLike {
  forEach(action: (report: Readonly<Record<string, unknown>>) => void): void;
}

/** The part of `RTCPeerConnection` that both directions use. */
export interface PeerLike {
  readonly connectionState: ConnectionState;
  addTransceiver(
    trackOrKind: TrackLike | string,
    init: TransceiverInit,
  ): { readonly sender: SenderLike };
  createOffer(): Promise<{ sdp?: string }>;
  createAnswer(): Promise<{ sdp?: string }>;
  setLocalDescription(description: DescriptionInit): Promise<void>;
  setRemoteDescription(description: DescriptionInit): Promise<void>;
  addIceCandidate(candidate: CandidateInit): Promise<void>;
  getStats(): Promise<StatsLike>;
  close(): void;
  addEventListener(type: 'connectionstatechange', listener: () => void): void;
  addEventListener(
    type: 'icecandidate',
    listener: (event: { readonly candidate: { toJSON(): object } | null }) => void,
  ): void;
  addEventListener(
    type: 'track',
    listener: (event: { readonly track: TrackLike; readonly receiver: ReceiverLike }) => void,
  ): void;
}

/** The part of `RTCRtpReceiver` that is used. */
export interface ReceiverLike {
  /** The least that is to wait in the jitter buffer, milliseconds; null: as the browser deems right. Not every browser has it. */
  jitterBufferTarget?: number | null;
}

/** `RTCIceServer`, as the server sends it. */
export interface IceServerInit {
  urls: string | string[];
  username?: string | undefined;
  credential?: string | undefined;
}

/** `MediaStreamConstraints`, as far as the client asks. */
export interface MediaRequest {
  audio?: object;
  video?: object;
}

/** A track made of others. */
export interface SoundMix {
  readonly track: TrackLike;
  /** Ends it, and none of the others. */
  close(): void;
}

/** The part of `MediaDeviceInfo` that is read. Id and label are empty until the device may be used. */
export interface DeviceLike {
  readonly kind: string;
  readonly deviceId: string;
  readonly label: string;
}

/** Everything the client library takes from its surroundings; a test hands in fakes. */
export interface Platform {
  /** Opens a WebSocket. */
  createSocket(url: string): SocketLike;
  /** Makes an unconnected PeerConnection. */
  createPeer(iceServers: readonly IceServerInit[]): PeerLike;
  /** An empty stream: its id is what tells the server that sound and picture belong together. */
  createStream(): StreamLike;
  /** Asks for camera and microphone; rejects with the browser's error, or an {@link InsecureContextError}. */
  getUserMedia(request: MediaRequest): Promise<StreamLike>;
  /** Whether {@link Platform.getDisplayMedia} is there: phones have none. */
  canShareScreen(): boolean;
  /** Lets the person choose a screen, window or tab, with its sound where there is one; rejects with the browser's error. */
  getDisplayMedia(): Promise<StreamLike>;
  /** One track with the sound of several. A track that is not enabled is silent in it. */
  mixSound(tracks: readonly TrackLike[]): SoundMix;
  /** Cameras, microphones and speakers that are plugged in; none where there is no `navigator.mediaDevices`. */
  listDevices(): Promise<readonly DeviceLike[]>;
  /** Calls `listener` whenever a device was plugged in or out, until the returned function is called. */
  onDeviceChange(listener: () => void): () => void;
  /** Runs `action` once after `delayMs` milliseconds, unless the returned function is called before. */
  after(delayMs: number, action: () => void): () => void;
  /** Whether the person has asked pages to save data (`navigator.connection.saveData`). */
  savesData(): boolean;
  /** Calls `listener` whenever the network may have become another one, until the returned function is called. */
  onNetworkChange(listener: () => void): () => void;
  /** Calls `listener` whenever the page runs again after it was asleep, until the returned function is called. */
  onWake(listener: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
}

/** There is no `navigator.mediaDevices`: plain HTTP from another device. */
export class InsecureContextError extends Error {
  override readonly name = 'InsecureContextError';
}
