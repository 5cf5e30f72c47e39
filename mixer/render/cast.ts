import { basename } from 'node:path';
import type { CanvasMatrix } from '../compositor/index.ts';
import { type MediaInput, openMedia } from '../input/index.ts';
import type { ReadyMedia } from './ready-media.ts';
import { hasCome } from './script.ts';
import { settled } from './settled.ts';
import { nameOf, type Timeline, TimelineError, type TimelineParticipant } from './timeline.ts';

/** What was found out about a participant's media. */
interface Facts {
  readonly durationSeconds: number;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly matrix: MediaInput['matrix'];
}

/** Somebody who takes part, with what is known of their media. Moments are seconds of the output. */
export interface CastMember extends Pick<Facts, 'hasVideo' | 'hasAudio'> {
  readonly id: string;
  readonly name: string;
  readonly media: string;
  /** Seconds of the media at the join. */
  readonly mediaOffset: number;
  readonly joinAt: number;
  readonly leaveAt: number;
  /** Whether they leave before their media ends. */
  readonly isCut: boolean;
}

/** Everybody who takes part. */
export interface Cast {
  /** In the order of their joins. */
  readonly members: readonly CastMember[];
  /** When the last of them leaves, or the timeline's duration; seconds. */
  readonly endsAt: number;
  /** That of the first video: most are not converted then. */
  readonly matrix: CanvasMatrix;
}

/** Whether somebody is there at a moment. */
export function isPresent({ joinAt, leaveAt }: CastMember, seconds: number): boolean {
  return hasCome(joinAt, seconds) && !hasCome(leaveAt, seconds);
}

/** So many inputs are opened at a time: libuv has four threads for that. */
const openedAtOnce = 4;

/**
 * Opens every input once, so that a render does not fail half-way for one that cannot be read, and works out who is
 * there when.
 *
 * @param ready - Is given the media of those who are there from the start.
 * @throws InputError naming the first that cannot be read, TimelineError where an offset makes no sense.
 */
export async function findCast(
  timeline: Timeline,
  ready: ReadyMedia,
  signal?: AbortSignal,
): Promise<Cast> {
  const { participants } = timeline;
  const paths = [...new Set(participants.map(({ media }) => media))];
  const firsts = new Set(
    participants
      .filter(({ joinAt, mediaOffset }) => joinAt === 0 && mediaOffset === 0)
      .map(({ media }) => media),
  );
  const found = new Map<string, Facts>();
  const look = async (path: string): Promise<void> => {
    const input = await openMedia(path);
    const { durationSeconds, hasVideo, hasAudio, matrix } = input;
    found.set(path, { durationSeconds, hasVideo, hasAudio, matrix });
    if (firsts.has(path)) ready.keep(path, input);
    else input.close();
  };
  for (let at = 0; at < paths.length; at += openedAtOnce) {
    signal?.throwIfAborted();
    await settled(paths.slice(at, at + openedAtOnce).map(look));
  }
  return castOf(timeline, (media) => {
    const facts = found.get(media);
    if (!facts) throw new Error(`Nothing was found out about ${media}.`);
    return facts;
  });
}

/** Works out who is there when. A still picture stays until the end; where it is all there is, the end is Infinity. */
export function castOf(timeline: Timeline, factsOf: (media: string) => Facts): Cast {
  const members = timeline.participants.map((participant) =>
    memberOf(participant, factsOf(participant.media)),
  );
  const leaves = members.map(({ leaveAt }) => leaveAt).filter(Number.isFinite);
  const endsAt = timeline.duration ?? (leaves.length > 0 ? Math.max(...leaves) : Infinity);
  const present = members
    .map((member) => ({
      ...member,
      leaveAt: Math.min(member.leaveAt, endsAt),
      isCut: member.isCut || member.leaveAt > endsAt,
    }))
    .filter(({ joinAt, leaveAt }) => leaveAt > joinAt)
    .sort((a, b) => a.joinAt - b.joinAt);
  const firstVideo = timeline.participants
    .map(({ media }) => factsOf(media))
    .find(({ hasVideo }) => hasVideo);
  return { members: present, endsAt, matrix: firstVideo?.matrix ?? 'bt601' };
}

function memberOf(participant: TimelineParticipant, facts: Facts): CastMember {
  const { id, media, joinAt, mediaOffset } = participant;
  const { durationSeconds, hasVideo, hasAudio } = facts;
  if (mediaOffset >= durationSeconds) {
    throw new TimelineError(
      `The mediaOffset of "${id}" (${mediaOffset}) is not before the end of ${basename(media)} (${durationSeconds.toFixed(2)} s).`,
    );
  }
  const endsAt = joinAt + durationSeconds - mediaOffset;
  const leaveAt = Math.min(participant.leaveAt ?? Infinity, endsAt);
  return {
    ...{ id, name: nameOf(participant), media, mediaOffset, joinAt, leaveAt },
    ...{ hasVideo, hasAudio, isCut: leaveAt < endsAt },
  };
}
