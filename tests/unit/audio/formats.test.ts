import { describe, expect, it } from 'vitest';
import type { AudioFormat } from '../../../mixer/audio/index.ts';
import { type Heard, Room } from './participants.ts';
import { amplitudeOf, decibels, firstDifference, joined, noise, sine } from './signals.ts';

const short: AudioFormat = { frameMs: 20, bitsPerSecond: 32_000 };
const middle: AudioFormat = { frameMs: 40, bitsPerSecond: 24_000 };
const long: AudioFormat = { frameMs: 60, bitsPerSecond: 16_000 };
const formats = [short, middle, long];

/** Whether each packet begins where the one before ended. */
const isContiguous = (heard: readonly Heard[]): boolean =>
  heard.every(({ sampleIndex }, index) => {
    const before = heard[index - 1];
    return before === undefined || sampleIndex === before.sampleIndex + before.samples.length;
  });

describe('packets of several lengths', () => {
  it('need one encoder for each length in use, and one for each speaker, however many listen', async () => {
    const room = new Room();
    formats.forEach((format, group) => {
      for (let k = 0; k < 5; k++) room.join(`${group} ${k}`, noise(1e-4), format);
    });
    await room.run(30);
    expect(room.mixer.encoderCount).toBe(3);
    room.say('1 0', sine(400, 0.1));
    room.say('2 3', sine(900, 0.1));
    await room.run(30);
    expect([...room.mixer.mixed].sort()).toEqual(['1 0', '2 3']);
    expect(room.mixer.encoderCount).toBe(5);
    for (let k = 0; k < 5; k++) room.stopListening(`0 ${k}`);
    await room.run(2);
    expect(room.mixer.encoderCount).toBe(4);
    for (let k = 0; k < 5; k++) room.mixer.setFormat(`1 ${k}`, long);
    await room.run(12);
    expect(room.mixer.encoderCount).toBe(3);
  });

  it('come when they are full, one after the other, the same to all who hear the same', async () => {
    const room = new Room();
    const voice = sine(400, 0.1);
    room.talk('ann', voice);
    formats.forEach((format, group) => {
      room.listen(`${group} a`, format);
      room.listen(`${group} b`, format);
    });
    await room.run(60);
    formats.forEach(({ frameMs }, group) => {
      const heard = room.heard.get(`${group} a`)!;
      expect(heard.length).toBeGreaterThan(1000 / frameMs - 2);
      expect(isContiguous(heard)).toBe(true);
      for (const { sampleIndex, samples, tick } of heard) {
        expect(samples.length).toBe(frameMs * 48);
        expect(sampleIndex % samples.length).toBe(0);
        expect(sampleIndex + samples.length).toBe((tick + 1) * 960);
      }
      const other = room.heard.get(`${group} b`)!;
      expect(other.map(({ encoder, frame }) => [encoder, frame])).toEqual(
        heard.map(({ encoder, frame }) => [encoder, frame]),
      );
    });
    // Whatever the length, it is the same sound.
    const sounds = formats.map((_, group) => {
      const heard = room.heard
        .get(`${group} a`)!
        .filter(({ sampleIndex }) => sampleIndex >= 19_200);
      return joined(heard.map(({ samples }) => samples)).subarray(0, 24_000);
    });
    expect(firstDifference(sounds[1]!, sounds[0]!, 1e-6)).toBe(-1);
    expect(firstDifference(sounds[2]!, sounds[0]!, 1e-6)).toBe(-1);
  });

  it.each([
    ['a listener', undefined],
    ['a speaker', sine(1000, 0.1)],
  ] as const)('change for %s without a gap, to encoders that are warm', async (_, own) => {
    const room = new Room();
    room.join('ann', sine(400, 0.1));
    room.join('bob', own ?? (() => 0));
    await room.run(20);
    for (const [format, ticks] of [
      [middle, 13],
      [long, 17],
      [short, 11],
      [long, 20],
      [middle, 15],
      [short, 19],
    ] as const) {
      room.mixer.setFormat('bob', format);
      await room.run(ticks);
      expect(room.last('bob').samples.length).toBe(format.frameMs * 48);
    }
    const heard = room.heard.get('bob')!;
    expect(isContiguous(heard)).toBe(true);
    const sound = room.sound('bob');
    const settled = sound.subarray(19_200);
    expect(amplitudeOf(settled, 400)).toBeCloseTo(0.1, 3);
    expect(decibels(amplitudeOf(settled, 1000) / 0.1)).toBeLessThan(-60);
    let changes = 0;
    heard.forEach((now, index) => {
      const before = heard[index - 1];
      if (before === undefined || before.encoder === now.encoder) return;
      changes++;
      // What it was fed before its first packet is what was heard just before that.
      const fed = room.encoders[now.encoder]!.frames[now.frame - 1]!;
      const until = now.sampleIndex - heard[0]!.sampleIndex;
      expect(firstDifference(fed, sound.subarray(until - fed.length, until), 1e-6)).toBe(-1);
    });
    expect(changes).toBe(6);
  });

  it('wait for an encoder, the old ones going on', async () => {
    let open = (): void => undefined;
    let opened = 0;
    const room = new Room({
      openAfter: () => (opened++ < 2 ? Promise.resolve() : new Promise((done) => (open = done))),
    });
    room.talk('ann', sine(400, 0.1));
    room.listen('bob');
    await room.run(10);
    room.mixer.setFormat('bob', long);
    await room.run(30);
    expect(room.last('bob').samples.length).toBe(960);
    open();
    await room.run(10);
    expect(room.last('bob').samples.length).toBe(2880);
    expect(isContiguous(room.heard.get('bob')!)).toBe(true);
  });

  it('begin for a newcomer with the next whole one', async () => {
    const room = new Room();
    room.talk('ann', sine(400, 0.1));
    room.listen('bob', long);
    await room.run(31);
    room.listen('cyd', long);
    await room.run(12);
    const [first] = room.heard.get('cyd')!;
    expect(first!.sampleIndex).toBe(33 * 960);
    expect(first!.encoder).toBe(room.last('bob').encoder);
  });

  it('stay as they were for who changes back before it is time', async () => {
    const room = new Room();
    room.talk('ann', sine(400, 0.1));
    room.listen('bob', middle);
    await room.run(13);
    room.mixer.setFormat('bob', long);
    room.mixer.setFormat('bob', middle);
    room.mixer.setFormat('nobody', long);
    await room.run(20);
    expect(new Set(room.heard.get('bob')!.map(({ samples }) => samples.length))).toEqual(
      new Set([1920]),
    );
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'never have their listener in them, not even in a part (%i)',
    async (phase) => {
      for (const format of [middle, long]) {
        const room = new Room();
        const voice = sine(1000, 0.1);
        room.join('ann', sine(400, 0.1), format);
        room.join('bob', (i) => (i < (30 + phase) * 960 ? 0 : voice(i)), format);
        room.listen('eve', format);
        await room.run(60 + phase);
        // Still loud when they go: what is past of the packet has their voice in it, but for them.
        room.stopTalking('bob');
        await room.run(12);
        room.talk('bob', voice);
        await room.run(20);
        room.stopListening('bob');
        await room.run(phase);
        room.stopTalking('bob');
        await room.run(1);
        room.listen('bob', format);
        await room.run(12);
        const own = (id: string): number =>
          Math.max(
            ...room.heard.get(id)!.map(({ samples }) => {
              const parts = Array.from({ length: samples.length / 960 }, (_, k) =>
                amplitudeOf(samples.subarray(k * 960, (k + 1) * 960), 1000),
              );
              return Math.max(...parts);
            }),
          );
        expect(own('eve')).toBeGreaterThan(0.09);
        expect(decibels(own('bob') / 0.1)).toBeLessThan(-40);
      }
    },
  );
});
