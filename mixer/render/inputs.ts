import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { isName, isSeconds, nameFrom, nameRule, secondsRule } from './limits.ts';
import { TimelineError, type TimelineInput } from './timeline.ts';

/** What {@link timelineOf} makes of its inputs beside who joins when. */
export type InputArrangement = Pick<TimelineInput, 'size' | 'fps' | 'layout'>;

interface Input {
  readonly path: string;
  name?: string;
  at?: number;
  until?: number;
  muted?: boolean;
  novideo?: boolean;
}

/**
 * Makes a timeline of inputs as the command line takes them: `PATH` or
 * `PATH,name=Alice,at=2.5,until=10,muted,novideo`. A path may have commas itself: the longest beginning that exists as
 * a file is the path. Ids are the files' base names, numbered where they repeat.
 *
 * @param inputs - One text for each participant, in join order.
 * @param arrangement - How their pictures are arranged.
 * @param exists - Whether there is something at a path.
 * @throws TimelineError naming the input that makes no sense.
 */
export function timelineOf(
  inputs: readonly string[],
  arrangement: InputArrangement = {},
  exists: (path: string) => boolean = existsSync,
): TimelineInput {
  const ids = new Set<string>();
  const participants: TimelineInput['participants'] = [];
  const events: NonNullable<TimelineInput['events']> = [];
  for (const text of inputs) {
    const { path, name, at = 0, until, muted, novideo } = parseInput(text, exists);
    const id = freeId(nameFrom(basename(path, extname(path))), ids);
    participants.push({
      id,
      media: path,
      joinAt: at,
      ...(name !== undefined && { name }),
      ...(until !== undefined && { leaveAt: until }),
    });
    if (muted) events.push({ at: 0, mute: id });
    if (novideo) events.push({ at: 0, videoOff: id });
  }
  return { ...arrangement, participants, events };
}

function parseInput(text: string, exists: (path: string) => boolean): Input {
  const parts = text.split(',');
  let taken = parts.length;
  while (taken > 1 && !exists(parts.slice(0, taken).join(','))) taken -= 1;
  const input: Input = { path: parts.slice(0, taken).join(',') };
  const fail = (problem: string): never => {
    throw new TimelineError(`The input "${text}" ${problem}.`);
  };
  if (input.path === '') fail('has no path');
  for (const option of parts.slice(taken)) {
    const equals = option.indexOf('=');
    const key = equals < 0 ? option : option.slice(0, equals);
    const value = equals < 0 ? null : option.slice(equals + 1);
    switch (key) {
      case 'name': {
        const name = value?.trim() ?? '';
        if (!isName(name)) fail(`needs a name of ${nameRule}`);
        input.name = name;
        break;
      }
      case 'at':
      case 'until': {
        const seconds = value === null || value.trim() === '' ? NaN : Number(value);
        if (!isSeconds(seconds)) fail(`needs as "${key}" ${secondsRule}`);
        input[key] = seconds;
        break;
      }
      case 'muted':
      case 'novideo':
        if (value !== null) fail(`has a value for "${key}", which takes none`);
        input[key] = true;
        break;
      default:
        fail(
          `has an unknown option "${key}"; there are name=TEXT, at=SECONDS, until=SECONDS, muted, novideo`,
        );
    }
  }
  const { at = 0, until } = input;
  if (until !== undefined && until <= at) fail(`must have an "until" later than its "at"`);
  return input;
}

/** The text, or the first of "text-2", "text-3", … that nobody has yet; takes it. */
function freeId(text: string, taken: Set<string>): string {
  let id = text;
  for (let number = 2; taken.has(id); number += 1) {
    const suffix = `-${number}`;
    id = [...text].slice(0, 64 - suffix.length).join('') + suffix;
  }
  taken.add(id);
  return id;
}
