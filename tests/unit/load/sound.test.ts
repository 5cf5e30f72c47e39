import { describe, expect, it } from 'vitest';
import { voice } from '../../../mcu/load/sound.ts';
import { SpeechDetector } from '../../../mixer/audio/speech-detector.ts';

const frame = 960;

describe.each([115, 170, 240])('a voice of %i Hz', (hertz) => {
  it('is taken for speech by the detector', async () => {
    const samples = await voice(hertz).samples();
    const detector = new SpeechDetector();
    let speaking = 0;
    for (let at = 0; at < samples.length; at += frame) {
      detector.hear(samples.subarray(at, at + frame));
      if (detector.isSpeaking) speaking++;
    }
    expect(speaking / (samples.length / frame)).toBeGreaterThan(0.8);
  });
});
