import type { RoomRecording, RoomView } from './client/index.ts';
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

const none: RecordingNews = { announcement: null, notice: null, plays: false };

type Stage = 'none' | 'starting' | 'running' | 'finishing' | 'over';

function stageOf(recording: RoomRecording | null): Stage {
  switch (recording?.state) {
    case undefined:
      return 'none';
    case 'starting':
      return 'starting';
    case 'active':
      return 'running';
    case 'finishing':
      return 'finishing';
    case 'complete':
    case 'interrupted':
    case 'failed':
      return 'over';
  }
}

/**
 * What to say when the view of a room changes.
 * @param before - null where one was not in the room yet: who comes late is told that it is recorded
 */
export function recordingNews(
  before: Pick<RoomView, 'recording'> | null,
  { recording }: Pick<RoomView, 'recording'>,
): RecordingNews {
  const was = stageOf(before?.recording ?? null);
  const is = stageOf(recording);
  if (was === is) return none;
  if (is === 'running') {
    const { begun, already } = words.recording;
    return { ...none, announcement: before === null ? already : begun };
  }
  const wasRunning = was === 'running';
  const wasUnderWay = wasRunning || was === 'starting' || was === 'finishing';
  return {
    announcement: wasRunning ? words.recording.ended : null,
    notice:
      wasUnderWay && is === 'over' && recording !== null ? recordingEndSentence(recording) : null,
    plays: is === 'over' && recording?.state !== 'failed',
  };
}
