import type { LayoutMode, Participant, QualityCap } from '../../mcu/protocol/common.ts';
import type { ErrorCode } from '../../mcu/protocol/errors.ts';
import type { ClosedReason } from '../../mcu/protocol/server.ts';
import type {
  ApiProblem,
  InputProblem,
  QualityMessage,
  Recording,
  RoomRecording,
  SessionEnd,
} from './client/index.ts';
import { entranceWords } from './words/entrance.ts';
import { networkWords } from './words/network.ts';
import { connectionWords, lobbyWords } from './words/lobby.ts';
import { mutedWords, settingsWords, shortcutWords, viewWords } from './words/settings.ts';
import { chat, moderate, people, reactions } from './words/together.ts';

export { processingNames } from './words/settings.ts';
export { chatProblemSentence } from './words/together.ts';

export * from './words/devices.ts';
export { closingSentence } from './words/server.ts';
export { findingLines, verdictSentence } from './words/lobby.ts';

/** Every word a person reads or hears in the client. */
export const words = {
  product: 'onegrid',
  tagline: 'Everybody in one picture.',
  pageMissing: 'This page could not be loaded. Check your connection and reload it.',

  lobby: lobbyWords,
  connection: connectionWords,
  entrance: entranceWords,

  room: {
    picture: (room: string) => `The room ${room}: everybody in one picture`,
    mute: 'Mute',
    unmute: 'Unmute',
    stopVideo: 'Stop video',
    startVideo: 'Start video',
    shareScreen: 'Share screen',
    stopSharing: 'Stop sharing',
    shareFailed: 'The screen could not be shared. Your system may not allow it.',
    raiseHand: 'Raise hand',
    lowerHand: 'Lower hand',
    react: 'React',
    chat: 'Chat',
    flip: 'Flip camera',
    people: 'People',
    closePanel: (name: string) => `Close ${name}`,
    leave: 'Leave',
    controls: 'Controls',
    quality: 'Quality',
    layout: 'Layout',
    soundOnly: 'Sound only: the picture is switched off.',
    soundOnlyNetwork: 'Your network carries only the sound right now.',
    startSound: 'Turn on the sound',
    soundBlocked: 'Your browser holds the sound back until you say so.',
    connecting: 'Connecting…',
    reconnecting: 'The connection was lost. Reconnecting…',
    interrupted: 'The connection is unsteady. Trying to get it back…',
    sendingAgain: 'The others may not see or hear you. Trying to get it back…',
    closeNotice: 'Close this notice',
  },

  chat,
  network: networkWords,

  tiles: {
    heading: 'Who is where in the picture',
    pin: (name: string) => `Pin ${name}`,
    unpin: (name: string) => `Unpin ${name}`,
    pinIt: 'Pin',
    unpinIt: 'Unpin',
    zoom: (name: string) => `Zoom to ${name}`,
    zoomOut: 'Show everybody',
    self: (name: string) => `${name} (you)`,
    more: (count: number) => (count === 1 ? '1 more person' : `${count} more people`),
    pinned: (name: string) => `${name} is pinned.`,
    nobodyPinned: 'Nobody is pinned any more.',
  },

  reactions,

  moderate,

  recording: {
    record: 'Record',
    starting: 'Starting…',
    stop: 'Stop recording',
    finishing: 'Finishing…',
    sign: 'Recording',
    begun: 'This room is being recorded now.',
    already: 'This room is being recorded.',
    ended: 'The recording has ended.',
  },

  recordings: {
    heading: 'Recordings',
    headingOf: (room: string) => `Recordings of ${room}`,
    all: 'All recordings',
    toLobby: 'To the lobby',
    loading: 'Looking for recordings…',
    empty: 'There are no recordings yet. Press Record in a room to make one.',
    emptyOf: (room: string) => `There are no recordings of ${room} yet.`,
    tryAgain: 'Try again',
    playOf: (room: string, when: string) => `Play ${room}, ${when}`,
    download: 'Download',
    delete: 'Delete',
    /** Names a button of one recording among many. */
    of: (room: string, when: string) => `${room}, ${when}`,
    people: (names: string) => `With ${names}`,
    nobody: 'Nobody took part.',
    tracks: 'Sound of each person',
    close: 'Close',
    chat: 'Chat',
    player: (room: string, when: string) => `Recording of ${room}, ${when}`,
    cannotPlay: 'This recording cannot be played here. Download it to watch it.',
    deleteHeading: 'Delete this recording?',
    deleteText: (room: string, when: string) => `${room}, ${when}, will be gone for everybody.`,
    keep: 'Keep it',
    deleting: 'Deleting…',
    deleted: 'The recording was deleted.',
    signOut: 'Sign out',
  },

  key: {
    heading: 'This server asks for a key',
    label: 'API key',
    hint: 'Whoever runs this server has it.',
    open: 'Continue',
    empty: 'Enter the key.',
    wrong: 'This key is not right.',
  },

  watch: {
    title: (room: string) => `Watch ${room}`,
    player: (room: string) => `What ${room} shows: everybody in one picture`,
    looking: 'Looking for the stream…',
    none: 'There is no stream of this room yet. It begins here by itself.',
    unreachable: 'The server cannot be reached. Trying again…',
    refused: 'This stream needs an invitation. Open it by the link you were sent.',
    silent: 'Your browser holds the sound back until you turn it on in the player.',
    cannotPlay: 'This browser cannot play the stream.',
    join: 'Join the room',
  },

  people,
  settings: settingsWords,
  muted: mutedWords,
  views: viewWords,
  shortcuts: shortcutWords,
} as const;

/** The qualities there are to choose from, in the order they are offered. */
export const qualityNames: readonly (readonly [max: QualityCap, name: string])[] = [
  ['auto', 'Automatic'],
  ['high', 'High'],
  ['medium', 'Medium'],
  ['low', 'Low'],
  ['tiny', 'Lowest'],
  ['audio', 'Sound only'],
];

/** The arrangements there are to choose from, in the order they are offered. */
export const layoutNames: readonly (readonly [mode: LayoutMode, name: string])[] = [
  ['auto', 'Automatic'],
  ['grid', 'Grid'],
  ['speaker', 'Speaker large'],
  ['presentation', 'Presentation'],
  ['pip', 'Picture in picture'],
  ['single', 'One person'],
];

/** Who somebody is, to who may be that oneself. */
export function whoName(
  { selfId }: { readonly selfId: string },
  { id, name }: Pick<Participant, 'id' | 'name'>,
): string {
  return id === selfId ? words.tiles.self(name) : name;
}

/** What pressing the button that pins somebody, or lets them go, does. */
export function pinName(
  view: { readonly selfId: string; readonly pinned: string | null },
  participant: Pick<Participant, 'id' | 'name'>,
): string {
  const who = whoName(view, participant);
  return participant.id === view.pinned ? words.tiles.unpin(who) : words.tiles.pin(who);
}

/** The name of a tile's button: what pressing it does, and whether its participant is muted. */
export function withSigns(action: string, audio: boolean): string {
  return audio ? action : `${action}, ${words.people.muted}`;
}

/** What a quality takes and what it saves against the best there is. */
export function savingSentence(name: string, kbps: number, bestKbps: number): string {
  const perMinute = (of: number): string => ((of * 60) / 8000).toFixed(1);
  return `${name} takes ${perMinute(kbps)} MB a minute instead of ${perMinute(bestKbps)}.`;
}

/** What one gets now, and why it is no better. */
export function qualitySentence({ rung, reason }: Pick<QualityMessage, 'rung' | 'reason'>): string {
  const name = qualityNames.find(([max]) => max === rung)?.[1] ?? rung;
  switch (reason) {
    case 'auto':
      return `You get: ${name}. Your network carries it.`;
    case 'requested':
      return `You get: ${name}, as you chose.`;
    case 'bandwidth':
      return `You get: ${name}. Your network is too slow for more.`;
    case 'loss':
      return `You get: ${name}. Your network loses too much for more.`;
    case 'server':
      return `You get: ${name}. The server is too busy for more.`;
  }
}

/** What to say of a room name that will not do. */
export function roomProblemSentence(problem: InputProblem): string {
  switch (problem) {
    case 'empty':
      return 'Enter the name of a room.';
    case 'too-long':
      return 'A room name has at most 64 characters.';
    case 'bad-characters':
      return 'A room name has only letters (a to z), digits, - and _.';
  }
}

/** What to say of a display name that will not do. */
export function nameProblemSentence(problem: InputProblem): string {
  switch (problem) {
    case 'empty':
      return 'Enter your name, so that the others know who you are.';
    case 'too-long':
      return 'A name has at most 64 characters.';
    case 'bad-characters':
      return 'This name has characters that cannot be shown.';
  }
}

/** The contract's error codes, for people. */
export function errorSentence(code: ErrorCode): string {
  switch (code) {
    case 'bad-room-name':
      return roomProblemSentence('bad-characters');
    case 'bad-name':
      return 'The server does not take this name. Try another.';
    case 'room-full':
      return 'This room is full.';
    case 'unauthorized':
      return 'This room needs an invitation. Open it by the link you were sent, or ask for a new one.';
    case 'forbidden':
      return 'You are not allowed to do that here.';
    case 'overloaded':
      return 'The server has no room for more calls right now. Try again in a minute.';
    case 'too-fast':
      return 'That was too often in a short time. Wait a moment and try again.';
    case 'too-large':
      return 'That was too long to send.';
    case 'unsupported-protocol':
      return 'This page is older or newer than the server. Reload it.';
    case 'no-space':
      return 'The server’s disk is full.';
    case 'conflict':
      return 'Somebody else has just done that.';
    case 'not-found':
      return 'That is no longer there.';
    case 'not-joined':
      return 'You are not in the room any more. Join again.';
    case 'bad-sdp':
      return 'The server cannot use the sound and picture of this browser. You can still watch and listen.';
    case 'bad-message':
    case 'bad-request':
      return 'The server did not understand this page. Reload it.';
    case 'internal':
      return 'Something went wrong on the server. Try again.';
  }
}

/** How a recording of this room turned out. */
export function recordingEndSentence({ state, reason }: Omit<RoomRecording, 'id'>): string {
  if (state === 'failed') return 'The recording failed. Nothing of it can be played.';
  if (state === 'interrupted') {
    return 'The recording was cut by a crash. It plays up to there.';
  }
  switch (reason) {
    case 'disk-full':
      return 'The recording has ended: the server’s disk is full.';
    case 'limit':
      return 'The recording has ended: it is as long as the server allows.';
    case 'room-empty':
      return 'The recording has ended: the room was empty.';
    default:
      return 'The recording is ready.';
  }
}

/** Where a recording in the list stands, in words; empty for one that simply is complete. */
export function recordingStateSentence({
  state,
  reason,
}: Pick<Recording, 'state' | 'reason'>): string {
  switch (state) {
    case 'starting':
    case 'active':
      return 'Being recorded';
    case 'finishing':
      return 'Being finished';
    case 'interrupted':
      return 'Cut by a crash: plays up to there';
    case 'failed':
      return 'Failed: nothing to play';
    case 'complete':
      if (reason === 'disk-full') return 'Ended early: the server’s disk was full';
      return reason === 'limit' ? 'Ended at the longest length allowed' : '';
  }
}

/** What went wrong with a request of the recordings page. */
export function apiProblemSentence(problem: ApiProblem): string {
  switch (problem) {
    case 'unreachable':
      return 'The server cannot be reached. Check your connection and try again.';
    case 'unauthorized':
      return words.key.wrong;
    case 'conflict':
      return 'This recording is not finished yet. Try again in a moment.';
    default:
      return errorSentence(problem);
  }
}

/** Why one is back in the lobby. */
export function endSentence(end: SessionEnd): string {
  switch (end.kind) {
    case 'refused':
      return errorSentence(end.code);
    case 'unreachable':
      return 'The server cannot be reached. Check your connection and try again.';
    case 'closed':
      return closedSentence(end.reason);
  }
}

function closedSentence(reason: ClosedReason): string {
  switch (reason) {
    case 'left':
      return 'You left the room.';
    case 'removed':
      return 'You were removed from the room.';
    case 'room-closed':
      return 'The room was closed.';
    case 'replaced':
      return 'You joined this room from another window, so this one has left.';
    case 'shutdown':
      return 'The server is shutting down. Try again in a minute.';
    case 'timeout':
      return 'Nothing came from you for too long, so you were taken out of the room.';
  }
}
