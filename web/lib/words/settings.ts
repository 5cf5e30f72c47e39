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
} as const;
