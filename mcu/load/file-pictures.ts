import { type Canvas, TilePainter } from '../../mixer/compositor/index.ts';
import { type MediaInput, openMedia } from '../../mixer/input/index.ts';
import type { Painter, Pictures } from './pictures.ts';

/** So much of a file is played in a loop. */
const longestLoopSeconds = 8;

/**
 * The beginning of a media file as a clip; null where it has no pictures.
 *
 * @param path - The file.
 * @throws InputError when it cannot be read.
 */
export async function filePictures(path: string): Promise<Pictures | null> {
  const facts = await openMedia(path, { audio: false });
  const { hasVideo, durationSeconds } = facts;
  facts.close();
  if (!hasVideo) return null;
  return {
    id: `file-${path}`,
    seconds: Math.min(Math.max(durationSeconds, 1), longestLoopSeconds),
    open: async () => new FilePainter(await openMedia(path, { audio: false })),
  };
}

class FilePainter implements Painter {
  readonly #input: MediaInput;
  readonly #painter = new TilePainter();

  constructor(input: MediaInput) {
    this.#input = input;
  }

  async paint(canvas: Canvas, index: number, fps: number): Promise<void> {
    const picture = await this.#input.pictureAt(index / fps);
    if (picture === null) return;
    const { width, height } = canvas;
    this.#painter.paint(canvas, { x: 0, y: 0, width, height }, 'cover', picture);
  }

  close(): void {
    this.#painter.close();
    this.#input.close();
  }
}
