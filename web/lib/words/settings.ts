import type { SoundProcessing } from '../client/index.ts';
import type { ShortcutAction } from '../shortcuts.ts';

/** What is said about devices and settings. */
export const settingsWords = {
  heading: 'Settings',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  /** A device that the browser does not name, by its place in the list. */
  unnamed: (kind: string, place: number) => `${kind} ${place}`,
  /** The choice that leaves it to the browser. */
  standard: 'Default',
  level: 'Microphone level',
  test: 'Play a test sound',
  fellBack: (kind: string, device: string) =>
    `The ${kind} was disconnected. In use now: ${device}.`,
  speakerGone: 'The speaker was disconnected. The sound comes out at the default one now.',
  sound: 'Sound',
  chimes: 'Sound when people join or leave',
  shortcuts: 'Keyboard shortcuts',
  done: 'Done',
} as const;

/** The ways there are to process a microphone's sound, in the order they are offered. */
export const processingNames: readonly (readonly [name: keyof SoundProcessing, words: string])[] = [
  ['echoCancellation', 'Remove echo'],
  ['noiseSuppression', 'Reduce background noise'],
  ['autoGainControl', 'Adjust my volume'],
];

/** What is said to who talks while muted. */
export const mutedWords = {
  hint: 'You are muted. Nobody hears you.',
  /** Not as the button among the controls: by its name one means that one. */
  unmute: 'Turn on the microphone',
  holdSpace: 'Hold the space bar to talk.',
  close: 'Close this hint',
  muted: 'You are muted.',
  unmuted: 'You can be heard.',
} as const;

/** What is said about the other places of the picture. */
export const viewWords = {
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  smallWindow: 'Show in a small window',
  leaveSmallWindow: 'Close the small window',
} as const;

/** What is said about keys. */
export const shortcutWords = {
  heading: 'Keyboard shortcuts',
  explanation: 'They do nothing while you type.',
  enabled: 'Use these keys',
  close: 'Close',
  actions: {
    mute: 'Mute, or unmute',
    talk: 'Hold to talk while you are muted',
    camera: 'Start or stop your video',
    share: 'Share your screen, or stop that',
    chat: 'Open or close the chat',
    fullScreen: 'Full screen, and back',
    help: 'Show these keys',
  } satisfies Record<ShortcutAction, string>,
  /** Keys that are none of the above, of the tiles of the picture. */
  inPicture: [
    ['← → ↑ ↓', 'Go from one to the next in the picture'],
    ['Enter', 'Pin who has the focus there'],
    ['Shift F10', 'Go to what else can be done with them'],
  ],
  space: 'Space',
} as const;
