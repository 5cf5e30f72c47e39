import { open, type FileHandle } from 'node:fs/promises';

/** Length and name of a box; behind them the length in 64 bits, where the first says 1 (ISO/IEC 14496-12, 4.2). */
const headerBytes = 16;

/**
 * Cuts a fragmented MP4 behind its last whole fragment: of one that is there in part, the pictures could be there without
 * the sound. Other files stay as they are.
 */
export async function cutToWholeFragments(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    let isFragmented = false;
    /** Behind the last whole fragment. */
    let whole = 0;
    for (let position = 0; position < size;) {
      const box = await boxAt(file, position, size);
      isFragmented ||= box.name === 'moof';
      if (box.end === null) {
        if (isFragmented) await file.truncate(whole);
        return;
      }
      position = box.end;
      if (box.name !== 'moof') whole = position;
    }
    if (isFragmented && whole < size) await file.truncate(whole);
  } finally {
    await file.close();
  }
}

/** The box at a position; `end` is null where it is not whole. */
async function boxAt(
  file: FileHandle,
  position: number,
  size: number,
): Promise<{ readonly name: string; readonly end: number | null }> {
  const header = Buffer.alloc(headerBytes);
  await file.read(header, 0, headerBytes, position);
  const short = header.readUInt32BE(0);
  const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
  const end = position + length;
  return { name: header.toString('latin1', 4, 8), end: length >= 8 && end <= size ? end : null };
}
