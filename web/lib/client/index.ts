export { askAccess, tokenHeaders, type FetchLike, type Invitation } from './access.ts';
export { canChooseSpeaker, watchLevel } from './browser-sound.ts';
export { browserPlatform, signallingUrl, streamOf } from './browser.ts';
export type { LinkState } from './connection-watch.ts';
export { DeviceWatch, noDevices, type DeviceInfo, type DeviceLists } from './devices.ts';
export {
  LocalMedia,
  type Device,
  type DeviceChoice,
  type LocalTracks,
  type MediaState,
} from './local-media.ts';
export {
  defaultChoices,
  type Facing,
  type MediaChoices,
  type MediaProblem,
  type SoundProcessing,
} from './media-request.ts';
export type { OutgoingChat } from './outbox.ts';
export { meterPart } from './level.ts';
export type { LinksView } from './media-links.ts';
export type { NetworkReading } from './network-reading.ts';
export type { Platform, TrackLike } from './platform.ts';
export {
  ApiError,
  isUnderWay,
  RecordingsApi,
  type ApiProblem,
  type Recording,
} from './recordings.ts';
export type { LayoutMessage, QualityMessage, RoomRecording, RoomView } from './room-view.ts';
export { ScreenShare, type ShareState } from './screen-share.ts';
export { RoomSession } from './session.ts';
export type { JoinRequest, SessionEnd, SessionEvents, SessionState } from './session-state.ts';
export { TalkDetector } from './talk-detector.ts';
export { playTones, type Tone } from './tones.ts';
export { nameProblem, roomProblem, type InputProblem } from './validate.ts';
