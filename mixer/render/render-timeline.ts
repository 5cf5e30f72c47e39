import { sampleRate } from '../audio/index.ts';
import { type MediaOutput, openOutput } from '../output/index.ts';
import { type Cast, findCast } from './cast.ts';
import { ReadyMedia } from './ready-media.ts';
import { Scene } from './scene.ts';
import { Script } from './script.ts';
import { sampleAt } from './sound-track.ts';
import { Stage } from './stage.ts';
import {
  nameOf,
  parseTimeline,
  type Timeline,
  TimelineError,
  type TimelineInput,
} from './timeline.ts';

/** How far a render is. */
export interface RenderProgress {
  /** Pictures made. */
  readonly frame: number;
  /** Pictures there will be. */
  readonly frames: number;
  /** Pictures a second. */
  readonly fps: number;
}

/** What a render may be asked for beside its timeline. */
export interface RenderOptions {
  /** Of the video; 1 500 000 when omitted. */
  readonly bitsPerSecond?: number;
  /** Whether names are shown; true when omitted. */
  readonly labels?: boolean;
  /** Whether changes of the picture are animated, for 250 ms from their frame on; true when omitted. */
  readonly transitions?: boolean;
  /** Whether an existing output is replaced; false when omitted. */
  readonly overwrite?: boolean;
  /** Ends the render: the promise rejects with its reason, and no output stays. */
  readonly signal?: AbortSignal;
  /** Told after every picture. */
  readonly onProgress?: (progress: RenderProgress) => void;
}

/** What has been made. */
export interface RenderResult {
  /** Of the pictures, or of the sound where there are none; 0 for a still picture. */
  readonly durationSeconds: number;
  /** Pixels; 0 for sound alone, as the next three. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  /** Pictures made. */
  readonly frames: number;
  /** Everybody in the timeline. */
  readonly participants: readonly { readonly id: string; readonly name: string }[];
  /** Sentences about what is not as it should be. */
  readonly warnings: readonly string[];
}

/** Milliseconds a change of the picture takes. */
const transitionMs = 250;
const defaultBitsPerSecond = 1_500_000;

/**
 * Renders a timeline to a file, on a clock of its own: as fast as the machine can, and for the same inputs always the
 * same pictures and sound. Picture k shows the state of exactly k / fps seconds.
 *
 * @param timeline - Who takes part, and what happens when. Relative paths are relative to the working directory.
 * @param output - The path of a .mp4, .mkv, .webm, .m3u8 or .wav; appears when it is whole.
 * @throws TimelineError when the timeline makes no sense, InputError when an input cannot be read, OutputError when
 * the output cannot be written; the signal's reason when it is aborted.
 */
export async function renderTimeline(
  timeline: TimelineInput,
  output: string,
  options: RenderOptions = {},
): Promise<RenderResult> {
  const whole = parseTimeline(timeline);
  const ready = new ReadyMedia();
  try {
    const cast = await findCast(whole, ready, options.signal);
    if (!Number.isFinite(cast.endsAt)) {
      throw new TimelineError(
        'There are only still pictures, and nothing says when they leave: give one a moment (until, or leaveAt) or the timeline a duration.',
      );
    }
    return await renderTo(output, whole, cast, ready, options);
  } finally {
    ready.close();
  }
}

async function renderTo(
  output: string,
  timeline: Timeline,
  cast: Cast,
  ready: ReadyMedia,
  options: RenderOptions,
): Promise<RenderResult> {
  const { size, fps, participants } = timeline;
  const { signal } = options;
  const [width, height] = size;
  const media = await openOutput(output, {
    ...{ width, height, fps, matrix: cast.matrix },
    bitrate: options.bitsPerSecond ?? defaultBitsPerSecond,
    overwrite: options.overwrite ?? false,
    ...(signal && { signal }),
  });
  try {
    const made = await render(timeline, cast, ready, media, options);
    await media.finish();
    return {
      ...made,
      participants: participants.map((participant) => ({
        id: participant.id,
        name: nameOf(participant),
      })),
    };
  } finally {
    // Does nothing after finish.
    await media.abandon();
  }
}

async function render(
  timeline: Timeline,
  cast: Cast,
  ready: ReadyMedia,
  output: MediaOutput,
  { signal, onProgress, labels = true, transitions = true }: RenderOptions,
): Promise<Omit<RenderResult, 'participants'>> {
  const { size, fps } = timeline;
  const [width, height] = size;
  const script = new Script(timeline);
  const parts = { video: output.wantsVideo, audio: true };
  const stage = new Stage(timeline, cast, script, parts, ready);
  const scene = output.wantsVideo
    ? new Scene(script, {
        ...{ width, height, labels, matrix: cast.matrix },
        transitionMs: transitions ? transitionMs : 0,
      })
    : null;
  // Sound often ends a few milliseconds after the pictures: not worth another one.
  const frames = Math.max(1, Math.round(cast.endsAt * fps));
  const endSample = sampleAt(cast.endsAt);
  let next: Promise<void> | null = stage.prepare(0);
  try {
    for (let frame = 0; frame < frames; frame += 1) {
      await next;
      signal?.throwIfAborted();
      const now = frame / fps;
      await output.audio(stage.advance(now));
      const picture = scene?.draw(stage.presentAt(now), stage.speech, now * 1000);
      const written = picture && output.video(picture, frame);
      // While this picture is encoded the inputs decode the next ones.
      next = frame + 1 < frames ? stage.prepare((frame + 1) / fps) : null;
      next?.catch(() => undefined);
      await written;
      onProgress?.({ frame: frame + 1, frames, fps });
    }
    await output.audio(await stage.finishSound(endSample));
  } finally {
    await next?.catch(() => undefined);
    stage.close();
    scene?.close();
  }
  return {
    ...(scene
      ? { durationSeconds: frames / fps, width, height, fps, frames }
      : { durationSeconds: endSample / sampleRate, width: 0, height: 0, fps: 0, frames: 0 }),
    warnings: stage.warnings,
  };
}
