import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { parseTimeline, type Timeline, TimelineError } from '../render/index.ts';
import { exitCodes, Failure } from './exit.ts';

/**
 * Reads a timeline file. Relative paths of media in it are relative to the file.
 *
 * @throws Failure when there is no such file or it is no JSON, TimelineError when it makes no sense.
 */
export async function readTimelineFile(path: string): Promise<Timeline> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure(exitCodes.input, `The timeline ${path} cannot be read: ${reasonOf(error)}.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(exitCodes.usage, `The timeline ${path} is not JSON.`);
  }
  const timeline = parse(value, path);
  const folder = dirname(path);
  const participants = timeline.participants.map((participant) => ({
    ...participant,
    media: isAbsolute(participant.media) ? participant.media : join(folder, participant.media),
  }));
  return { ...timeline, participants };
}

function parse(value: unknown, path: string): Timeline {
  try {
    return parseTimeline(value);
  } catch (error) {
    if (!(error instanceof TimelineError)) throw error;
    throw new TimelineError(`${path}: ${error.message}`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a directory';
    case 'EACCES':
      return 'permission denied';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
