import { InsecureContextError, type MediaRequest, type TrackLike } from './platform.ts';

/** Why a camera or microphone could not be had. */
export type MediaProblem =
  | 'insecure'
  | 'refused'
  /** The browser's question was closed without an answer. */
  | 'dismissed'
  /** The operating system keeps it from the browser. */
  | 'blocked'
  | 'missing'
  | 'busy'
  | 'lost'
  | 'failed';

/** Which way a camera looks: at whoever holds the phone, or away. */
export type Facing = 'user' | 'environment';

/** What a browser may do to the sound of a microphone before it is sent. */
export interface SoundProcessing {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** What a participant has chosen of camera and microphone. */
export interface MediaChoices extends SoundProcessing {
  /** The id of a device; null: as the browser deems right. */
  readonly microphone: string | null;
  readonly camera: string | null;
  /** Which way the camera is to look, where none is chosen by its id. */
  readonly facing?: Facing;
}

/** What most people want. */
export const defaultChoices: MediaChoices = {
  microphone: null,
  camera: null,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** As much as the server asks for where somebody fills its composite; it is made smaller before it is sent. */
const cameraSize = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 25 },
};

/** The constraints of a microphone. */
export function microphoneConstraints(choices: MediaChoices): object {
  const { microphone, echoCancellation, noiseSuppression, autoGainControl } = choices;
  return { ...exactly(microphone), echoCancellation, noiseSuppression, autoGainControl };
}

/** The constraints of a camera. */
export function cameraConstraints({ camera, facing }: MediaChoices): object {
  const way = camera === null && facing !== undefined ? { facingMode: { ideal: facing } } : {};
  return { ...exactly(camera), ...way, ...cameraSize };
}

/** What getUserMedia is asked for to have one kind of device. */
export function requestFor(kind: 'audio' | 'video', choices: MediaChoices): MediaRequest {
  return kind === 'audio'
    ? { audio: microphoneConstraints(choices) }
    : { video: cameraConstraints(choices) };
}

/** Whether a microphone's sound is processed as wanted, as far as the browser tells. */
export function isProcessedAs(track: TrackLike, wanted: SoundProcessing): boolean {
  const is = track.getSettings();
  // Some browsers say which echo they cancel, in a word.
  return (['echoCancellation', 'noiseSuppression', 'autoGainControl'] as const).every(
    (name) => is[name] === undefined || (is[name] !== false) === wanted[name],
  );
}

/** The DOMException names of getUserMedia (Media Capture and Streams, section 10.3). */
export function problemOf(error: unknown): MediaProblem {
  if (error instanceof InsecureContextError) return 'insecure';
  const { name, message } =
    typeof error === 'object' && error !== null
      ? (error as { readonly name?: unknown; readonly message?: unknown })
      : {};
  switch (name) {
    case 'NotAllowedError':
      // Only Chromium says more, and only in words.
      if (typeof message === 'string' && /by system/i.test(message)) return 'blocked';
      return typeof message === 'string' && /dismissed/i.test(message) ? 'dismissed' : 'refused';
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

function exactly(deviceId: string | null): object {
  return deviceId === null ? {} : { deviceId: { exact: deviceId } };
}
