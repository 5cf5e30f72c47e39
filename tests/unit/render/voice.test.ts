import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AudioMixer, frameSamples } from '../../../mixer/audio/index.ts';
import { Envelope } from '../../../mixer/render/envelope.ts';
import { Voice, type VoiceTimes } from '../../../mixer/render/voice.ts';

/** Gives the samples of an array, then silence. */
const inputOf = (sound: Float32Array) => {
  let position = 0;
  return {
    samples(count: number) {
      const out = new Float32Array(count);
      out.set(sound.subarray(position, position + count));
      position += count;
      return Promise.resolve(out);
    },
  };
};

/** What a mix of one voice sounds like, from sample 0 of the output on. */
async function heard(sound: Float32Array, times: VoiceTimes, ticks: number, readTicks = 1) {
  const mixer = new AudioMixer({ openEncoder: () => Promise.reject(new Error('not needed')) });
  const out = new Float32Array(ticks * frameSamples);
  mixer.tapFullMix((samples, index) => {
    if (index >= frameSamples) out.set(samples, index - frameSamples);
  });
  const voice = new Voice(inputOf(sound), times);
  let source: ReturnType<AudioMixer['addSource']> | null = null;
  for (let tick = -1; tick < ticks; tick += 1) {
    if ((tick + 1) % readTicks === 0) await voice.read(tick + readTicks);
    if (tick === voice.firstTick) source = mixer.addSource('voice');
    if (tick === voice.endTick) mixer.removeSource('voice');
    if (source && tick < voice.endTick) voice.push(source, tick);
    mixer.tick();
  }
  mixer.close();
  return out;
}

const always = { leaveAt: Infinity, switches: [] };

/** Where the only loud sample is. */
const peakOf = (samples: Float32Array) => {
  let peak = 0;
  samples.forEach((sample, index) => {
    if (Math.abs(sample) > Math.abs(samples[peak] ?? 0)) peak = index;
  });
  return [peak, samples[peak]];
};

it('a click is heard on the very sample of the output it belongs to, whenever its participant joins', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(20 * frameSamples),
      fc.nat(5 * frameSamples),
      fc.integer({ min: 1, max: 7 }),
      async (joinAt, offset, readTicks) => {
        const sound = new Float32Array(offset + 1);
        sound[offset] = 0.5;
        const out = await heard(sound, { ...always, joinAt }, 30, readTicks);
        expect(peakOf(out)).toEqual([joinAt + offset, 0.5]);
      },
    ),
    { numRuns: 40 },
  );
});

it('a minute of noise goes through unchanged, to the last sample', async () => {
  const sound = Float32Array.from({ length: 60 * 48_000 }, (_, index) => {
    const hash = Math.imul(index + 1, 2_654_435_761) >>> 16;
    return ((hash & 0x3fff) - 0x2000) / 32_768;
  });
  const joinAt = 12_345;
  const out = await heard(sound, { ...always, joinAt }, 3100, 2);
  // The source's own 5 ms of fade-in lie before the join.
  let wrong = 0;
  for (let i = 0; i < sound.length; i += 1) if (out[joinAt + i] !== sound[i]) wrong += 1;
  expect(wrong).toBe(0);
  expect(out.subarray(0, joinAt).every((sample) => sample === 0)).toBe(true);
});

it('nothing is heard after the leave, nor while muted', async () => {
  const sound = new Float32Array(48_000)
    .fill(0.25)
    .map((level, index) => (index % 2 ? level : -level));
  const times = {
    joinAt: 0,
    leaveAt: 30_000,
    switches: [
      { at: 10_000, on: false },
      { at: 20_000, on: true },
    ],
  };
  const out = await heard(sound, times, 60);
  const loud = (from: number, to: number) => {
    let count = 0;
    for (let i = from; i < to; i += 1) if (Math.abs(out[i] ?? 0) > 0.2499) count += 1;
    return count / (to - from);
  };
  expect(loud(0, 10_000)).toBe(1);
  expect(loud(10_000, 10_240)).toBeLessThan(0.1);
  expect(out.subarray(10_240, 20_000).every((sample) => sample === 0)).toBe(true);
  expect(loud(20_240, 30_000)).toBe(1);
  expect(out.subarray(30_000).every((sample) => sample === 0)).toBe(true);
});

it('an envelope does not depend on how the sound is cut into blocks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3000), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 }),
      (moments, blocks) => {
        const switches = moments
          .toSorted((a, b) => a - b)
          .map((at, index) => ({ at, on: index % 2 === 1 }));
        const total = blocks.reduce((sum, length) => sum + length, 0);
        const whole = new Float32Array(total).fill(1);
        new Envelope(switches, 100).apply(whole);
        const cut = new Float32Array(total).fill(1);
        const envelope = new Envelope(switches, 100);
        let start = 0;
        for (const length of blocks) {
          envelope.apply(cut.subarray(start, start + length));
          start += length;
        }
        expect(Buffer.from(cut.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
      },
    ),
  );
});
