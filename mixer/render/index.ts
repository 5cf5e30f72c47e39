export { timelineOf, type InputArrangement } from './inputs.ts';
export { fpsRule, isFps, isSeconds, isSide, secondsRule, sizeRule } from './limits.ts';
export { renderPicture, type PictureOptions } from './render-picture.ts';
export {
  renderTimeline,
  type RenderOptions,
  type RenderProgress,
  type RenderResult,
} from './render-timeline.ts';
export {
  parseTimeline,
  type Timeline,
  TimelineError,
  type TimelineEvent,
  type TimelineInput,
  timelineLayouts,
  type TimelineParticipant,
} from './timeline.ts';
