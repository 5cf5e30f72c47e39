import { openMedia } from '../../mixer/input/index.ts';
import { type Sound, soundRate } from './sound.ts';

const longestLoopSeconds = 8;

/**
 * The sound of a media file's beginning; null where it has none.
 *
 * @param path - The file.
 * @throws InputError when it cannot be read.
 */
export async function fileSound(path: string): Promise<Sound | null> {
  const facts = await openMedia(path, { video: false });
  const { hasAudio, durationSeconds } = facts;
  facts.close();
  if (!hasAudio) return null;
  const seconds = Math.min(Math.max(durationSeconds, 1), longestLoopSeconds);
  return {
    id: `file-${path}`,
    samples: async () => {
      const input = await openMedia(path, { video: false });
      try {
        return Float32Array.from(await input.samples(Math.round(seconds * soundRate)));
      } finally {
        input.close();
      }
    },
  };
}
