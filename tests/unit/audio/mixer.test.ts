import { describe, expect, it } from 'vitest';

import { defaultGateSettings, type ReceivePacket } from '../../../mixer/audio/index.ts';
import { Room } from './participants.ts';
import {
  amplitudeOf,
  decibels,
  firstDifference,
  floats,
  joined,
  largestStep,
  noise,
  rms,
  sine,
  steepest,
} from './signals.ts';
import { score, speech } from './speech-signals.ts';

const [a, b, c] = [sine(400, 0.1), sine(1000, 0.1), sine(2500, 0.1)];
const silence = (): number => 0;
const hangoverTicks = defaultGateSettings.hangoverMs / 20;

describe('who hears what', () => {
  it('gives everybody the others and nobody themselves, at least 60 dB down', async () => {
    const room = new Room();
    room.join('ann', a);
    room.join('bob', b);
    room.join('cyd', c);
    room.listen('eve');
    await room.run(30);
    const levels = (id: string): number[] =>
      [400, 1000, 2500].map((f) => amplitudeOf(room.last(id).samples, f));
    const own = { ann: 0, bob: 1, cyd: 2, eve: -1 };
    for (const [id, index] of Object.entries(own)) {
      levels(id).forEach((level, i) => {
        if (i === index) expect(decibels(level / 0.1)).toBeLessThan(-60);
        else expect(level).toBeCloseTo(0.1, 3);
      });
    }
    expect(room.mixer.encoderCount).toBe(4);
  });

  it('needs two encoders for six people of whom one speaks, and one for six who are silent', async () => {
    const room = new Room();
    const counts: number[] = [];
    const ids = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
    for (const id of ids) room.join(id, noise(1e-4));
    for (let k = 0; k < 20; k++) {
      await room.run(1);
      counts.push(room.mixer.encoderCount);
    }
    expect(Math.max(...counts)).toBe(1);
    room.say('p3', a);
    for (let k = 0; k < 20; k++) {
      await room.run(1);
      counts.push(room.mixer.encoderCount);
    }
    expect(Math.max(...counts)).toBe(2);
    expect([...room.mixer.mixed]).toEqual(['p3']);
    for (const id of ids)
      expect(room.last(id).encoder).toBe(room.last(id === 'p3' ? 'p3' : 'p0').encoder);
    expect(room.last('p3').encoder).not.toBe(room.last('p0').encoder);
  });

  it('mixes tones, soft and loud, but no noise at -70 dBFS', async () => {
    const room = new Room();
    room.join('soft', sine(400, 0.01));
    room.join('loud', sine(900, 0.5));
    room.join('quiet', noise(10 ** (-70 / 20)));
    await room.run(10);
    expect([...room.mixer.mixed].sort()).toEqual(['loud', 'soft']);
  });

  it('names as speakers who speaks, loudest first, and only as long as they do', async () => {
    const room = new Room();
    room.join('soft', score([0, speech({ seconds: 3, pitch: 110, dbfs: -35 })]));
    room.join('loud', score([0, speech({ seconds: 3, pitch: 210, dbfs: -20 })]));
    room.join('tone', sine(900, 0.5));
    await room.run(50);
    expect(room.mixer.speakers).toEqual(['loud', 'soft']);
    await room.run(160);
    expect(room.mixer.speakers).toEqual([]);
    expect([...room.mixer.mixed]).toEqual(['tone']);
  });

  it('names nobody who was removed', async () => {
    const room = new Room();
    room.join('ann', score([0, speech({ seconds: 3 })]));
    await room.run(60);
    expect(room.mixer.speakers).toEqual(['ann']);
    room.stopTalking('ann');
    expect(room.mixer.speakers).toEqual([]);
  });

  it('plays a source without a listener to all, without an encoder of its own', async () => {
    const room = new Room();
    room.talk('file', a);
    room.join('ann');
    await room.run(10);
    expect(room.mixer.encoderCount).toBe(1);
    expect(amplitudeOf(room.last('ann').samples, 400)).toBeCloseTo(0.1, 3);
  });

  it('runs no encoder where nobody listens', async () => {
    const room = new Room();
    room.talk('ann', a);
    await room.run(20);
    expect(room.encoders).toEqual([]);
    expect([...room.mixer.mixed]).toEqual(['ann']);
  });

  it('needs no full mix when all who listen speak', async () => {
    const room = new Room();
    room.join('ann', a);
    room.join('bob', b);
    await room.run(20);
    expect(room.mixer.encoderCount).toBe(2);
    expect(amplitudeOf(room.last('ann').samples, 1000)).toBeCloseTo(0.1, 3);
    expect(decibels(amplitudeOf(room.last('ann').samples, 400) / 0.1)).toBeLessThan(-60);
  });

  it('hands out one packet per tick, numbered by samples, one for all who hear the same', async () => {
    const room = new Room();
    room.join('ann');
    room.join('bob');
    await room.run(30);
    const heard = room.heard.get('ann')!;
    expect(heard.length).toBeGreaterThanOrEqual(28);
    for (const { sampleIndex, tick } of heard) expect(sampleIndex).toBe(tick * 960);
    expect(room.heard.get('bob')!.map((each) => each.samples)).toEqual(heard.map((h) => h.samples));
  });
});

describe('an onset', () => {
  // Bursts that begin anywhere within callbacks and ticks.
  it.each([0, 1, 479, 480, 700, 959])('is not clipped (offset %i)', async (offset) => {
    const begin = 30 * 960 + offset;
    const burst = (i: number): number => (i < begin ? 0 : 0.2 * Math.cos((i - begin) / 20));
    const room = new Room();
    room.join('ann', burst);
    room.join('bob');
    await room.run(60);
    const sound = room.sound('bob');
    const first = sound.findIndex((sample) => sample !== 0);
    // The very first sample is a step to 0.2, and it is there in full.
    const heard = sound.subarray(first);
    expect(firstDifference(heard, floats(burst, begin, heard.length), 1e-4)).toBe(-1);
  });

  it('switches its listener to an encoder that has been fed two frames before', async () => {
    const room = new Room();
    for (const [id, signal] of Object.entries({ ann: a, bob: b, cyd: silence, dan: silence }))
      room.join(id, (i) => (i % 96_000 < 24_000 ? signal(i) : 0));
    await room.run(400);
    let switches = 0;
    for (const heard of room.heard.values()) {
      heard.forEach((now, k) => {
        const before = heard[k - 1];
        if (before?.encoder === now.encoder) expect(now.frame).toBe(before.frame + 1);
        if (k < 2 || before!.encoder === now.encoder) return;
        switches++;
        expect(now.frame).toBeGreaterThanOrEqual(2);
        // What it was fed in those two frames is what the listener heard in them.
        const { frames } = room.encoders[now.encoder]!;
        const preRoll = joined(frames.slice(now.frame - 2, now.frame));
        const played = joined(heard.slice(k - 2, k).map((each) => each.samples));
        expect(firstDifference(preRoll, played, 1e-6)).toBe(-1);
      });
    }
    expect(switches).toBeGreaterThan(10);
  });

  it('waits for its encoder rather than echo', async () => {
    let open = (): void => undefined;
    let opened = 0;
    const room = new Room({
      // The first encoder, the full mix's, is there at once; all others take as long as we like.
      openAfter: () => (opened++ === 0 ? Promise.resolve() : new Promise((done) => (open = done))),
    });
    room.join('ann');
    room.join('bob');
    await room.run(10);
    room.say('ann', a);
    await room.run(30);
    expect([...room.mixer.mixed]).toEqual([]);
    expect(rms(room.sound('ann'))).toBe(0);
    expect(rms(room.sound('bob'))).toBe(0);
    open();
    await room.run(3);
    expect([...room.mixer.mixed]).toEqual(['ann']);
    expect(rms(room.sound('ann'))).toBe(0);
    expect(amplitudeOf(room.last('bob').samples, 400)).toBeCloseTo(0.1, 3);
    expect(largestStep(room.sound('bob'))).toBeLessThan(1.25 * steepest(400, 0.1));
  });

  it('comes and goes without a click', async () => {
    const room = new Room();
    // A cheap microphone: what joins and leaves the mix lies beside zero.
    room.join('ann', (i) => 0.05 + (i >= 24_000 && i < 48_000 ? a(i) : 0));
    room.join('bob');
    await room.run(140);
    const sound = room.sound('bob');
    expect(sound.reduce((most, sample) => Math.max(most, sample), 0)).toBeCloseTo(0.15, 2);
    expect(sound.at(-1)).toBe(0);
    expect(largestStep(sound)).toBeLessThan(1.25 * steepest(400, 0.1));
  });
});

describe('the end of a sound', () => {
  it('lets the listener back to the full mix when the hangover is over, in the same tick', async () => {
    const room = new Room();
    room.join('ann', (i) => (i < 48_000 ? a(i) : 0));
    room.join('bob', b);
    room.join('cyd');
    const sharing: boolean[] = [];
    const mixed: boolean[] = [];
    for (let k = 0; k < 120; k++) {
      await room.run(1);
      // Encoders open one after the other.
      if (['ann', 'cyd'].some((id) => room.heard.get(id)!.length === 0)) continue;
      sharing[k] = room.last('ann').encoder === room.last('cyd').encoder;
      mixed[k] = room.mixer.mixed.has('ann');
      expect(sharing[k]).toBe(!mixed[k]);
    }
    const end = mixed.lastIndexOf(true);
    expect(end).toBeGreaterThanOrEqual(50 + hangoverTicks);
    expect(end).toBeLessThanOrEqual(54 + hangoverTicks);
  });

  it('keeps one encoder for a lone listener who starts and stops speaking: no switch at all', async () => {
    const room = new Room();
    room.join('ann', (i) => (i % 192_000 < 48_000 ? a(i) : 0));
    await room.run(60);
    const encoders = new Set(room.heard.get('ann')!.map((each) => each.encoder));
    expect(encoders.size).toBe(1);
    expect(room.encoders.length).toBe(2);
  });

  it('keeps few idle encoders and closes the rest', async () => {
    const room = new Room();
    const ids = Array.from({ length: 12 }, (_, k) => `p${k}`);
    ids.forEach((id, k) => room.join(id, (i) => (i < 24_000 ? sine(200 + 100 * k, 0.05)(i) : 0)));
    await room.run(25);
    expect(room.mixer.encoderCount).toBe(12);
    await room.run(60);
    expect(room.mixer.encoderCount).toBe(1);
    expect(room.encoders.filter((encoder) => !encoder.closed).length).toBeLessThanOrEqual(5);
    room.mixer.close();
    expect(room.encoders.every((encoder) => encoder.closed)).toBe(true);
  });
});

describe('coming and going', () => {
  it('serves a listener who comes while their source is heard', async () => {
    const room = new Room();
    room.talk('ann', a);
    room.join('bob', b);
    await room.run(20);
    room.listen('ann');
    await room.run(5);
    expect(room.heard.get('ann')!.length).toBe(5);
    for (const { samples } of room.heard.get('ann')!) {
      expect(decibels(amplitudeOf(samples, 400) / 0.1)).toBeLessThan(-60);
      expect(amplitudeOf(samples, 1000)).toBeCloseTo(0.1, 3);
    }
  });

  it('gives that listener nothing, rather than their own voice, until an encoder is open', async () => {
    let open = (): void => undefined;
    let opened = 0;
    const room = new Room({
      openAfter: () => (opened++ === 0 ? Promise.resolve() : new Promise((done) => (open = done))),
    });
    room.talk('ann', a);
    room.join('bob');
    await room.run(20);
    room.listen('ann');
    await room.run(10);
    expect([...room.mixer.mixed]).toEqual(['ann']);
    expect(room.heard.get('ann')).toEqual([]);
    open();
    await room.run(5);
    expect(room.heard.get('ann')!.length).toBeGreaterThan(2);
    expect(rms(room.sound('ann'))).toBeLessThan(1e-6);
  });

  it('fades out a source that is removed while it is heard, and frees its encoder', async () => {
    const room = new Room();
    room.join('ann', a);
    room.join('bob');
    await room.run(20);
    room.stopTalking('ann');
    await room.run(2);
    expect(room.mixer.encoderCount).toBe(1);
    expect([...room.mixer.mixed]).toEqual([]);
    await room.run(3);
    expect(rms(room.last('bob').samples)).toBe(0);
    expect(largestStep(room.sound('bob'))).toBeLessThan(1.25 * steepest(400, 0.1));
    expect(rms(room.sound('ann'))).toBe(0);
  });

  it('fades out a source that stalls, and lets it go after the hangover', async () => {
    const room = new Room();
    const source = room.mixer.addSource('ann');
    room.listen('ann');
    room.join('bob');
    for (let k = 0; k < 20; k++) {
      source.push(
        Int16Array.from({ length: 960 }, (_, i) => 32_767 * a(k * 960 + i)),
        48_000,
      );
      await room.run(1);
    }
    expect([...room.mixer.mixed]).toEqual(['ann']);
    await room.run(hangoverTicks + 5);
    expect([...room.mixer.mixed]).toEqual([]);
    expect(room.mixer.encoderCount).toBe(1);
    expect(largestStep(room.sound('bob'))).toBeLessThan(1.25 * steepest(400, 0.1));
  });

  it('takes an id again right after it was removed: no echo from what still fades', async () => {
    const room = new Room();
    room.join('ann', a);
    room.join('bob', b);
    await room.run(20);
    room.stopTalking('ann');
    room.stopListening('ann');
    room.join('ann', a);
    await room.run(20);
    for (const { samples } of room.heard.get('ann')!.slice(-20))
      expect(decibels(amplitudeOf(samples, 400) / 0.1)).toBeLessThan(-60);
    expect([...room.mixer.mixed].sort()).toEqual(['ann', 'bob']);
    expect(room.mixer.encoderCount).toBe(2);
  });

  it('keeps a speaker in the mix when they stop listening', async () => {
    const room = new Room();
    room.join('ann', a);
    room.join('bob');
    await room.run(20);
    room.stopListening('ann');
    await room.run(5);
    expect(room.mixer.encoderCount).toBe(1);
    expect(amplitudeOf(room.last('bob').samples, 400)).toBeCloseTo(0.1, 3);
    expect(largestStep(room.sound('bob').subarray(960))).toBeLessThan(1.25 * steepest(400, 0.1));
  });

  it('refuses an id twice, and anything new once closed', async () => {
    const room = new Room();
    room.join('ann');
    expect(() => room.mixer.addSource('ann')).toThrow('audio source "ann"');
    expect(() => room.mixer.addListener('ann', () => undefined)).toThrow('audio listener "ann"');
    room.mixer.removeSource('nobody');
    room.mixer.removeListener('nobody');
    await room.run(3);
    room.mixer.close();
    room.mixer.close();
    expect(() => room.mixer.addSource('bob')).toThrow('closed');
    expect(() => room.mixer.addListener('bob', () => undefined)).toThrow('closed');
    const count = room.heard.get('ann')!.length;
    await room.run(3);
    expect(room.heard.get('ann')!.length).toBe(count);
  });

  it('may be changed and closed from within a listener', async () => {
    const room = new Room();
    room.join('ann', a);
    let calls = 0;
    const leave: ReceivePacket = () => {
      calls++;
      room.mixer.removeListener('ann');
      room.mixer.close();
    };
    room.mixer.addListener('bob', leave);
    room.listen('cyd');
    await room.run(10);
    expect(calls).toBe(1);
    expect(room.encoders.every((encoder) => encoder.closed)).toBe(true);
  });
});

describe('encoders that fail', () => {
  it('reports an encoder that cannot be opened and tries again after a second', async () => {
    let attempts = 0;
    const room = new Room({
      openAfter: () =>
        ++attempts === 1 ? Promise.reject(new Error('no codec')) : Promise.resolve(),
    });
    room.join('ann');
    await room.run(40);
    expect(room.errors).toEqual([new Error('no codec')]);
    expect(attempts).toBeLessThanOrEqual(2);
    await room.run(20);
    expect(room.heard.get('ann')!.length).toBeGreaterThan(0);
  });

  it('replaces an encoder that breaks, and nobody hears themselves meanwhile', async () => {
    const room = new Room();
    room.join('ann', a);
    room.join('bob', b);
    room.listen('eve');
    await room.run(20);
    const broken = room.encoders[room.last('ann').encoder]!;
    broken.encode = () => {
      throw new Error('broken');
    };
    await room.run(10);
    expect(room.errors).toEqual([new Error('broken')]);
    expect(broken.closed).toBe(true);
    expect(room.heard.get('ann')!.at(-1)!.tick).toBe(room.ticks - 1);
    expect(decibels(amplitudeOf(room.sound('ann'), 400) / 0.1)).toBeLessThan(-60);
  });
});

describe('the full mix as PCM', () => {
  it('is tapped without an encoder, limited, and until told otherwise', async () => {
    const room = new Room();
    room.talk('ann', sine(400, 0.8));
    room.talk('bob', sine(1000, 0.8));
    const parts: Float32Array[] = [];
    const indices: number[] = [];
    const stop = room.mixer.tapFullMix((samples, sampleIndex) => {
      parts.push(samples.slice());
      indices.push(sampleIndex);
    });
    await room.run(30);
    stop();
    stop();
    await room.run(5);
    expect(indices).toEqual(Array.from({ length: 30 }, (_, k) => k * 960));
    const mix = joined(parts);
    expect(mix.every((sample) => Math.abs(sample) <= 1)).toBe(true);
    expect(amplitudeOf(mix.subarray(10 * 960), 400)).toBeGreaterThan(0.4);
    expect(room.encoders).toEqual([]);
  });
});
