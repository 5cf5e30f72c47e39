/**
 * Synthetic participants: they join through the public signalling like browsers, send clips that were encoded once, and
 * count what they receive without decoding it.
 *
 * - {@link runLoad} is `onegrid load`.
 * - {@link SyntheticParticipant} is one of them, with hooks for every packet and picture; {@link openEngine} makes what
 *   several share.
 *
 * @packageDocumentation
 */
export { ClipLibrary } from './clip-library.ts';
export type { PacketKind } from './downlink-connection.ts';
export { type LoadEngine, openEngine } from './engine.ts';
export { colours, generatedPictures } from './generated-pictures.ts';
export { loadDefaults, type LoadOptions } from './load-options.ts';
export type { ParticipantHooks, ParticipantOptions } from './participant-options.ts';
export { SyntheticParticipant } from './participant.ts';
export type { Painter, Pictures } from './pictures.ts';
export type { LoadReport, ParticipantReport } from './report.ts';
export { type LoadResult, runLoad, UnreachableError } from './run.ts';
export { type LoadError, signallingAddress } from './signalling.ts';
export { silence, type Sound, voice } from './sound.ts';
