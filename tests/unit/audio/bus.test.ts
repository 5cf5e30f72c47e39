import { describe, expect, it } from 'vitest';

import { MixBus } from '../../../mixer/audio/bus.ts';
import { decibels, floats, noise, rms, sine, type Signal } from './signals.ts';

function voice(
  id: string,
  signal: Signal,
): { id: string; samples: Float32Array; render: (out: Float32Array) => void } {
  const samples = floats(signal, 0, 960);
  return { id, samples, render: (out) => out.set(samples) };
}

describe('the mix bus', () => {
  const voices = [
    voice('a', noise(0.3)),
    voice('b', sine(440, 0.5)),
    voice('c', sine(3000, 0.001)),
  ];

  it('leaves exactly the own voice out: at least 120 dB down, the others within rounding', () => {
    const bus = new MixBus();
    bus.begin();
    for (const each of voices) bus.add(each);
    for (const own of voices) {
      const out = new Float32Array(960);
      bus.read(out, own.id);
      const others = voices.filter((each) => each !== own);
      const error = out.map((s, i) => s - others.reduce((sum, v) => sum + v.samples[i]!, 0));
      expect(decibels(rms(error) / rms(voices[0]!.samples))).toBeLessThan(-120);
    }
  });

  it('leaves out every voice of an id, and nobody for an id that has none', () => {
    const bus = new MixBus();
    bus.begin();
    bus.add(voices[0]!);
    bus.add(voices[1]!);
    bus.add({ ...voices[2]!, id: 'a' });
    const out = new Float32Array(960);
    bus.read(out, 'a');
    expect(Math.max(...out.map((s, i) => Math.abs(s - voices[1]!.samples[i]!)))).toBeLessThan(1e-6);
    const full = new Float32Array(960);
    bus.read(full, undefined);
    bus.read(out, 'somebody else');
    expect(out).toEqual(full);
  });

  it('remembers the frame before, with the voices it had', () => {
    const bus = new MixBus();
    bus.begin();
    bus.add(voices[0]!);
    bus.add(voices[1]!);
    bus.begin();
    bus.add(voices[2]!);
    const out = new Float32Array(960);
    bus.read(out, 'a', 1);
    expect(Math.max(...out.map((s, i) => Math.abs(s - voices[1]!.samples[i]!)))).toBeLessThan(1e-6);
    bus.read(out, undefined, 0);
    expect(out).toEqual(voices[2]!.samples);
  });
});
