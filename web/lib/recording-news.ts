import { isUnderWay, type RoomView } from './client/index.ts';
import { recordingEndSentence, words } from './words.ts';

/** What changed in a recording, for people. */
export interface RecordingNews {
  /** For screen readers: that it began, or ended. */
  readonly announcement: string | null;
  /** For everybody: how it turned out. */
  readonly notice: string | null;
  /** Whether there is something to play now. */
  readonly plays: boolean;
}

/**
 * What to say when the view of a room changes.
 * @param before - null where one was not in the room yet: who comes late is told that it is recorded
 */
export function recordingNews(
  before: Pick<RoomView, 'recording'> | null,
  { recording }: Pick<RoomView, 'recording'>,
): RecordingNews {
  const was = before?.recording ?? null;
  const wasActive = was?.state === 'active';
  const isActive = recording?.state === 'active';
  const isOver = recording !== null && !isUnderWay(recording);
  const { begun, already, ended } = words.recording;
  const began = before === null ? already : begun;
  return {
    announcement: wasActive === isActive ? null : isActive ? began : ended,
    notice: was !== null && isUnderWay(was) && isOver ? recordingEndSentence(recording) : null,
    plays: isOver && recording.state !== 'failed',
  };
}
