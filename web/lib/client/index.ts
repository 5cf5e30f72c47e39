export { browserPlatform, signallingUrl, streamOf } from './browser.ts';
export type { LinkState } from './connection-watch.ts';
export {
  LocalMedia,
  type Device,
  type LocalTracks,
  type MediaProblem,
  type MediaState,
} from './local-media.ts';
export type { LinksView } from './media-links.ts';
export type { NetworkReading } from './network-reading.ts';
export type { Platform, TrackLike } from './platform.ts';
export {
  ApiError,
  isUnderWay,
  RecordingsApi,
  type ApiProblem,
  type FetchLike,
  type Recording,
} from './recordings.ts';
export type { LayoutMessage, QualityMessage, RoomRecording, RoomView } from './room-view.ts';
export {
  RoomSession,
  type JoinRequest,
  type SessionEnd,
  type SessionEvents,
  type SessionState,
} from './session.ts';
export { nameProblem, roomProblem, type InputProblem } from './validate.ts';
