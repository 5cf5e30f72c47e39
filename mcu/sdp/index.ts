export { sdpText } from './text.ts';
export { type TransportDescription, transportOf } from './transport.ts';
export { transportSequenceUri } from './transport-sequence-uri.ts';
