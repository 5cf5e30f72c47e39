import type { Frame } from 'node-av/lib';
import { openOutput } from '../output/index.ts';
import { Actor } from './actor.ts';
import { type Cast, type CastMember, findCast, isPresent } from './cast.ts';
import type { RenderOptions, RenderResult } from './render-timeline.ts';
import { ReadyMedia } from './ready-media.ts';
import { Scene, type Shown, type Speech } from './scene.ts';
import { hasCome, Script } from './script.ts';
import { settled } from './settled.ts';
import { Stage } from './stage.ts';
import {
  nameOf,
  parseTimeline,
  type Timeline,
  TimelineError,
  type TimelineInput,
} from './timeline.ts';

/** What a picture may be asked for beside its timeline. */
export interface PictureOptions extends Pick<RenderOptions, 'labels' | 'overwrite' | 'signal'> {
  /** The moment it shows, in seconds; 0 when omitted. */
  readonly at?: number;
}

/** Who speaks is known from this much sound before the moment; seconds. */
const listenSeconds = 20;

/**
 * Renders one moment of a timeline to a .png, without what comes before it: the picture a video of it would show then,
 * once its transitions have ended.
 *
 * @param timeline - Who takes part, and what happens when. Relative paths are relative to the working directory.
 * @param output - The path of a .png; appears when it is whole.
 * @throws as {@link renderTimeline}; TimelineError also when the timeline is over at that moment.
 */
export async function renderPicture(
  timeline: TimelineInput,
  output: string,
  options: PictureOptions = {},
): Promise<RenderResult> {
  const { at = 0, labels = true, overwrite = false, signal } = options;
  const whole = parseTimeline(timeline);
  const ready = new ReadyMedia();
  const cast = await findCast(whole, ready, signal).finally(() => ready.close());
  if (hasCome(cast.endsAt, at)) {
    throw new TimelineError(
      `There is no picture at ${at} s: everything ends at ${cast.endsAt.toFixed(2)} s.`,
    );
  }
  const {
    size: [width, height],
    fps,
    participants,
  } = whole;
  const { matrix } = cast;
  const script = new Script(whole);
  script.advance(at);
  const scene = new Scene(script, { width, height, labels, matrix, transitionMs: 0 });
  try {
    const media = await openOutput(output, {
      ...{ width, height, fps, matrix, overwrite, bitrate: 0 },
      ...(signal && { signal }),
    });
    try {
      await media.video(await draw(scene, script, whole, cast, at), 0);
      await media.finish();
    } finally {
      await media.abandon();
    }
  } finally {
    scene.close();
  }
  return {
    ...{ durationSeconds: 0, width, height, fps, frames: 1, warnings: [] },
    participants: participants.map((participant) => ({
      id: participant.id,
      name: nameOf(participant),
    })),
  };
}

/** @param script - At the moment. */
async function draw(
  scene: Scene,
  script: Script,
  timeline: Timeline,
  cast: Cast,
  at: number,
): Promise<Frame> {
  const actors: Actor[] = [];
  /** Only what is looked at is decoded. */
  const show = async (member: CastMember): Promise<Shown> => {
    const { id, name } = member;
    if (!member.hasVideo || script.role(id).videoOff) return { id, name, source: null };
    const actor = await Actor.open(from(member, at), { video: true, audio: false });
    actors.push(actor);
    await actor.see(0);
    return actor.shown;
  };
  try {
    const speech = await listen(timeline, cast, at);
    const present = cast.members.filter((member) => isPresent(member, at));
    return scene.draw(await settled(present.map(show)), speech, 0);
  } finally {
    for (const actor of actors) actor.close();
  }
}

/** Plays the sound before a moment, to know who speaks. */
async function listen(timeline: Timeline, cast: Cast, at: number): Promise<Speech> {
  const start = Math.max(at - listenSeconds, 0);
  const script = new Script(timeline);
  const heard = {
    ...cast,
    members: cast.members
      .filter(({ joinAt, leaveAt }) => joinAt < at && leaveAt > start)
      .map((member) => from(member, start)),
  };
  const events = timeline.events.map((event) => ({ ...event, at: Math.max(event.at - start, 0) }));
  const stage = new Stage({ ...timeline, events }, heard, script, { video: false, audio: true });
  try {
    await stage.prepare(at - start);
    stage.advance(at - start);
    return stage.speech;
  } finally {
    stage.close();
  }
}

/** The same participant for an output that begins at `start` seconds. */
function from(member: CastMember, start: number): CastMember {
  const { joinAt, leaveAt, mediaOffset } = member;
  return {
    ...member,
    joinAt: Math.max(joinAt - start, 0),
    leaveAt: leaveAt - start,
    mediaOffset: mediaOffset + Math.max(start - joinAt, 0),
  };
}
