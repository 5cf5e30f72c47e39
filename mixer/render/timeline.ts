import { basename, extname } from 'node:path';
import { z } from 'zod';
import type { LayoutMode } from '../compositor/index.ts';
import {
  fpsRule,
  isFps,
  isName,
  isSeconds,
  isSide,
  nameFrom,
  nameRule,
  secondsRule,
  sizeRule,
} from './limits.ts';

/** How a render may be arranged; `auto` is `grid`, and `presentation` while somebody shares. */
export const timelineLayouts = [
  'auto',
  'grid',
  'speaker',
  'presentation',
  'pip',
  'single',
] as const satisfies readonly (LayoutMode | 'auto')[];

const said = (rule: string) => ({ error: `must be ${rule}` });
const seconds = z.number(said(secondsRule)).refine(isSeconds, said(secondsRule));
const side = z.number(said(sizeRule)).refine(isSide, said(sizeRule));
const id = z.string(said(`a text of ${nameRule}`)).refine(isName, said(`a text of ${nameRule}`));
const layoutMode = z.enum(timelineLayouts, said(`one of ${timelineLayouts.join(', ')}`));

const participantSchema = z.strictObject(
  {
    id,
    name: z
      .string(said(`a text of ${nameRule}`))
      .trim()
      .refine(isName, said(`a text of ${nameRule}`))
      .optional(),
    media: z.string(said('the path of a file')).min(1, said('the path of a file')),
    joinAt: seconds.default(0),
    leaveAt: seconds.optional(),
    mediaOffset: seconds.default(0),
  },
  said('an object such as {"id": "alice", "media": "alice.webm"}'),
);

const eventSchema = z.strictObject(
  {
    at: seconds,
    layout: layoutMode.optional(),
    pinned: id.nullable().optional(),
    mute: id.optional(),
    unmute: id.optional(),
    videoOff: id.optional(),
    videoOn: id.optional(),
    share: id.optional(),
    unshare: id.optional(),
  },
  said('an object such as {"at": 5, "layout": "speaker"}'),
);

const timelineSchema = z.strictObject(
  {
    size: z.tuple([side, side], said('a list of width and height')).default([1280, 720]),
    fps: z.number(said(fpsRule)).refine(isFps, said(fpsRule)).default(25),
    layout: layoutMode.default('grid'),
    duration: seconds.refine((value) => value > 0, said('more than 0 seconds')).optional(),
    participants: z
      .array(participantSchema, said('a list of participants'))
      .min(1, said('a list of at least one participant')),
    events: z.array(eventSchema, said('a list of events')).default([]),
  },
  said('an object with "participants"'),
);

/** A timeline as people write it: what has a default may be missing. Seconds are those of the output. */
export type TimelineInput = z.input<typeof timelineSchema>;
/** A timeline that makes sense, complete with its defaults. A {@link TimelineInput} too. */
export type Timeline = z.output<typeof timelineSchema>;
/** Who joins a timeline, when, and with which media. */
export type TimelineParticipant = Timeline['participants'][number];
/** Something that changes at a moment of a timeline. */
export type TimelineEvent = Timeline['events'][number];

/** What an event may do to a participant. */
export const actions = ['mute', 'unmute', 'videoOff', 'videoOn', 'share', 'unshare'] as const;

/** A timeline that makes no sense; `message` is one sentence that names the place. */
export class TimelineError extends Error {
  override readonly name = 'TimelineError';
}

/**
 * Reads a timeline.
 *
 * @param value - What came out of `JSON.parse`, or an object made by a program.
 * @returns It with its defaults: 1280x720, 25 frames a second, `grid`, join at 0, names from the media's file names.
 * @throws TimelineError naming the first place that makes no sense.
 */
export function parseTimeline(value: unknown): Timeline {
  const result = timelineSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new TimelineError(issue ? sentenceOf(issue) : 'The timeline makes no sense.');
  }
  checkParticipants(result.data.participants);
  result.data.events.forEach((event, index) => checkEvent(event, index, result.data));
  return result.data;
}

/** The name that is shown for somebody. */
export function nameOf(participant: TimelineParticipant): string {
  const { name, media } = participant;
  return name ?? nameFrom(basename(media, extname(media)));
}

function checkParticipants(participants: readonly TimelineParticipant[]): void {
  const ids = new Set<string>();
  participants.forEach(({ id, joinAt, leaveAt }, index) => {
    const place = `participants[${index}]`;
    if (ids.has(id)) {
      throw new TimelineError(`${place}.id "${id}" is that of another participant too.`);
    }
    ids.add(id);
    if (leaveAt !== undefined && leaveAt <= joinAt) {
      throw new TimelineError(
        `${place}.leaveAt (${leaveAt}) must be later than its joinAt (${joinAt}).`,
      );
    }
  });
}

function checkEvent(event: TimelineEvent, index: number, { participants }: Timeline): void {
  const place = `events[${index}]`;
  const done = actions.filter((action) => event[action] !== undefined);
  const arranges = event.layout !== undefined || event.pinned !== undefined;
  if (done.length + Number(arranges) !== 1) {
    throw new TimelineError(
      `${place} must have exactly one of layout (with or without pinned), pinned, ${actions.join(', ')}.`,
    );
  }
  for (const key of ['pinned', ...actions] as const) {
    const id = event[key];
    if (id != null && !participants.some((participant) => participant.id === id)) {
      throw new TimelineError(`${place}.${key} "${id}" is the id of no participant.`);
    }
  }
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.reduce<string>(
    (path, key) =>
      typeof key === 'number'
        ? `${path}[${key}]`
        : path === ''
          ? String(key)
          : `${path}.${String(key)}`,
    '',
  );
  const where = place === '' ? 'The timeline' : place;
  if (issue.code !== 'unrecognized_keys') return `${where} ${issue.message}.`;
  return `${where} has an unknown key "${issue.keys[0] ?? ''}".`;
}
