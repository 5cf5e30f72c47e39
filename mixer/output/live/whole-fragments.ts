import { open } from 'node:fs/promises';
import { BoxReader } from './boxes.ts';

/**
 * Cuts a fragmented MP4 behind its last whole fragment: of one that is there in part, the pictures could be there without
 * the sound. A table behind it, of a file that was about to become an ordinary one, goes, too. Other files stay as they are,
 * and so does one with nothing but a part of its first fragment, which is better than nothing.
 *
 * @throws Error where the disk fails
 */
export async function cutToWholeFragments(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    let isFragmented = false;
    /** Behind the last whole fragment; null where none is. */
    let whole: number | null = null;
    for await (const { name, end } of new BoxReader(file).boxes()) {
      isFragmented ||= name === 'moof';
      if (isFragmented && name === 'mdat') whole = end ?? whole;
    }
    if (whole !== null) await file.truncate(whole);
  } finally {
    await file.close();
  }
}
