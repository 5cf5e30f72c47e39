import { readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Target } from './target.ts';

/** What a playlist's own segments are called, after {@link segmentStem}. */
const ownSegment = /^-[0-9a-f]{8}-\d{5,}\.ts$/;

/** The part of a segment's name that comes from the playlist's; nothing in it needs escaping in a URL. */
export function segmentStem(playlist: string): string {
  return basename(playlist, extname(playlist))
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, 60);
}

/**
 * Moves segments beside the place of their playlist, and the playlist there last: until then nobody knows of them. The
 * segments of a playlist that it replaces are removed. When anything fails nothing has changed.
 *
 * @param folder - Where they are now.
 */
export async function publishHls(
  target: Target,
  folder: string,
  playlist: string,
  segments: readonly string[],
): Promise<void> {
  const place = dirname(target.path);
  const replaced = await segmentsOf(target.path);
  try {
    for (const name of segments) await rename(join(folder, name), join(place, name));
    await target.publish(join(folder, playlist));
  } catch (error) {
    await remove(place, segments);
    throw error;
  }
  await remove(place, replaced);
}

/** The segments of our own that a playlist names. */
async function segmentsOf(playlist: string): Promise<string[]> {
  const text = await readFile(playlist, 'utf8').catch(() => '');
  const stem = segmentStem(playlist);
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith(stem) && ownSegment.test(line.slice(stem.length)));
}

async function remove(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true }).catch(() => undefined);
}
