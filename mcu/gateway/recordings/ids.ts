import { randomBytes } from 'node:crypto';
import { recordingIdSchema } from '../../protocol/common.ts';

/**
 * The name of a recording, and of its folder: when it began, in UTC, and something that nobody can guess. Sorted as text
 * they are in the order of time.
 * @param date - when it began
 */
export function makeRecordingId(date: Date): string {
  const time = date.toISOString().replace(/[-:]/g, '').replace('T', '-').replace(/[.Z]/g, '');
  return `${time}-${randomBytes(6).toString('hex')}`;
}

/** Whether this may be the name of a recording: nothing that means anything in a path. */
export const isRecordingId = (text: string): boolean => recordingIdSchema.safeParse(text).success;
