import { expect, it } from 'vitest';
import { encodeSoundClip } from '../../../mcu/load/sound-clip.ts';
import { voice } from '../../../mcu/load/sound.ts';

/** Whether a packet is coded as speech: SILK or hybrid, not CELT (RFC 6716 §3.1). Only these have in-band FEC. */
const isSpeech = (packet: Buffer): boolean => packet[0]! >> 3 < 16;

it.each([
  [115, 20],
  [115, 60],
  [240, 20],
  [240, 60],
] as const)('codes a voice of %i Hz as speech in packets of %i ms', async (hertz, frameMs) => {
  const { packets } = await encodeSoundClip(voice(hertz), frameMs);
  expect(packets.filter(isSpeech).length / packets.length).toBeGreaterThan(0.95);
});
