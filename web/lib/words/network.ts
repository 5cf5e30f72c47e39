/** The words of the panel behind the quality. */
export const networkWords = {
  heading: 'Quality and network',
  roundTrip: 'Delay to the server and back',
  receiving: 'Receiving',
  sending: 'Sending',
  lostDown: 'Lost on the way to you',
  lostUp: 'Lost on the way from you',
  unknown: 'not known yet',
} as const;
