/** Names the header extension with the transport-wide sequence number. */
export const transportSequenceUri =
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
