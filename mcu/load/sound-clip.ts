import { openOpusEncoder, type OpusFrameMs } from '../../mixer/encode/index.ts';
import type { SoundClip } from './clip.ts';
import { type Sound, soundRate } from './sound.ts';

/** Lengths of an Opus frame that can be asked for, in milliseconds. */
export const opusFrameMs: readonly OpusFrameMs[] = [10, 20, 40, 60];

/**
 * Encodes a sound in Opus with the settings of a browser.
 *
 * @param sound - What is encoded.
 * @param frameMs - Length of a packet.
 */
export async function encodeSoundClip(sound: Sound, frameMs: OpusFrameMs): Promise<SoundClip> {
  const samples = await sound.samples();
  const size = (soundRate / 1000) * frameMs;
  const packets: Buffer[] = [];
  const encoder = await openOpusEncoder({ frameMs });
  try {
    for (let at = 0; at + size <= samples.length; at += size) {
      packets.push(encoder.encode(samples.subarray(at, at + size)));
    }
  } finally {
    encoder.close();
  }
  return { frameMs, packets };
}
