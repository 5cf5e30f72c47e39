/**
 * The media engine of onegrid: pictures and sound of many in, one picture and one sound out. It knows no network and no
 * rooms and has no clock of its own: the live server and `onegrid mix` run the same parts.
 *
 * - {@link renderTimeline} and {@link renderPicture} make whole files of files.
 * - {@link Compositor} and {@link AudioMixer} make one picture, and 20 ms of sound, whenever they are told to.
 * - {@link openMedia} decodes files, {@link openOutput} writes them.
 *
 * @packageDocumentation
 */
export {
  type AudioEncoder,
  type AudioFormat,
  AudioMixer,
  type AudioMixerOptions,
  type AudioPacket,
  type AudioSource,
  frameSamples,
  type GateSettings,
  type OpenEncoder,
  type ReceivePacket,
  type ReceivePcm,
  sampleRate,
} from './audio/index.ts';
export {
  type CanvasMatrix,
  Compositor,
  type CompositorOptions,
  type I420Frame,
  type LayoutMode,
  type NativePicture,
  type Overflow,
  type Picture,
  type SceneLayout,
  type SceneMember,
  type Tile,
  type VideoSource,
} from './compositor/index.ts';
export {
  InputError,
  type InputErrorCode,
  type MediaInput,
  type MediaOptions,
  openMedia,
} from './input/index.ts';
export {
  type MediaOutput,
  openOutput,
  OutputError,
  type OutputErrorCode,
  type OutputOptions,
} from './output/index.ts';
export {
  type InputArrangement,
  parseTimeline,
  type PictureOptions,
  renderPicture,
  renderTimeline,
  type RenderOptions,
  type RenderProgress,
  type RenderResult,
  type Timeline,
  TimelineError,
  type TimelineEvent,
  type TimelineInput,
  timelineOf,
  type TimelineParticipant,
} from './render/index.ts';
