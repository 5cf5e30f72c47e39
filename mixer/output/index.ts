export type { MediaOutput } from './media-output.ts';
export { openOutput, type OutputOptions } from './open-output.ts';
export { OutputError, type OutputErrorCode } from './output-error.ts';
export { outputKindOf, type OutputKind } from './output-kind.ts';
