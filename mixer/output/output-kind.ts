import { extname } from 'node:path';

const kinds = ['mp4', 'mkv', 'webm', 'm3u8', 'wav', 'png'] as const;

/** What can be written, by the file name's extension. */
export type OutputKind = (typeof kinds)[number];

/**
 * The kind of output a file name asks for.
 *
 * @param path - A file name; its extension counts, in upper or lower case.
 * @returns The kind, or null where there is none for this extension.
 */
export function outputKindOf(path: string): OutputKind | null {
  const extension = extname(path).slice(1).toLowerCase();
  return kinds.find((kind) => kind === extension) ?? null;
}
