export { InputError, type InputErrorCode } from './input-error.ts';
export { type MediaInput, type MediaOptions, openMedia } from './media-input.ts';
