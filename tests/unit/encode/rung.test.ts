import { AV_LOG_ERROR } from 'node-av/constants';
import { Frame, Log } from 'node-av/lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import type { AccessUnit } from '../../../mixer/encode/access-unit.ts';
import { Rung, type RungEncoder } from '../../../mixer/encode/rung.ts';

Log.setLevel(AV_LOG_ERROR);

const options = {
  codec: 'h264',
  width: 64,
  height: 64,
  fps: 25,
  bitsPerSecond: 100_000,
  keyframeIntervalMs: 500,
} as const;
/** Stands for a picture where none is looked at. */
const noFrame = new Frame();

/** An encoder that makes empty access units and notes what is done with it. */
class NoteEncoder implements RungEncoder {
  closed = false;
  bitsPerSecond = 0;
  failing = false;
  #first = true;

  encode(_frame: Frame, tick: number, asked: boolean): Promise<AccessUnit | null> {
    if (this.failing) return Promise.reject(new Error('broken'));
    const keyframe = asked || this.#first;
    this.#first = false;
    return Promise.resolve({ codec: 'h264', tick, keyframe, data: Buffer.alloc(0) });
  }

  setBitrate(bitsPerSecond: number): void {
    this.bitsPerSecond = bitsPerSecond;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a rung', () => {
  let encoders: NoteEncoder[];
  let opening: () => Promise<NoteEncoder>;
  let rung: Rung;
  let tick: number;

  beforeEach(() => {
    encoders = [];
    opening = () => Promise.resolve(new NoteEncoder());
    rung = new Rung(options, async () => {
      const encoder = await opening();
      encoders.push(encoder);
      return encoder;
    });
    tick = 0;
  });
  afterEach(() => rung.close());

  /** Encodes ticks of 40 ms up to a time; gives the numbers of those that became keyframes. */
  async function encodeUntil(endMs: number): Promise<number[]> {
    const keyframes: number[] = [];
    for (; tick * 40 < endMs; tick += 1) {
      const unit = await rung.encode(noFrame, tick, tick * 40);
      if (unit?.keyframe === true) keyframes.push(tick);
    }
    return keyframes;
  }

  function viewer() {
    const ticks: number[] = [];
    const consume = (unit: AccessUnit): void => {
      ticks.push(unit.tick);
    };
    const attach = () => {
      ticks.push(...rung.attach(consume, tick * 40).map((unit) => unit.tick));
    };
    return { ticks, attach, detach: () => rung.detach(consume) };
  }

  it('has an encoder only while it has a consumer, one for all of them', async () => {
    const [a, b] = [viewer(), viewer()];
    await encodeUntil(200);
    expect([encoders.length, rung.active]).toEqual([0, false]);
    a.attach();
    b.attach();
    await settle();
    await encodeUntil(400);
    expect([encoders.length, rung.active, rung.consumers]).toEqual([1, true, 2]);
    a.detach();
    expect(rung.active).toBe(true);
    b.detach();
    expect([rung.active, encoders[0]!.closed]).toEqual([false, true]);
    expect(await rung.encode(noFrame, tick, tick * 40)).toBeNull();
    a.attach();
    await settle();
    await encodeUntil(600);
    expect(encoders.length).toBe(2);
    expect(a.ticks.at(-1)).toBe(14);
  });

  it('gives each consumer every unit from a keyframe on', async () => {
    const [first, second, third] = [viewer(), viewer(), viewer()];
    first.attach();
    await settle();
    await encodeUntil(400);
    // The keyframe of tick 0 is 400 ms old: replayed.
    second.attach();
    expect(second.ticks).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await encodeUntil(2000)).toEqual([]);
    // Now it is too old: a new one is made.
    third.attach();
    expect(third.ticks).toEqual([]);
    expect(await encodeUntil(2200)).toEqual([50]);
    const all = [...Array(55).keys()];
    expect(first.ticks).toEqual(all);
    expect(second.ticks).toEqual(all);
    expect(third.ticks).toEqual(all.slice(50));
    expect(rung.keyframes).toBe(2);
  });

  it('answers many requests with one keyframe', async () => {
    viewer().attach();
    await settle();
    await encodeUntil(1000);
    for (let count = 0; count < 5; count += 1) rung.requestKeyframe();
    expect(await encodeUntil(1200)).toEqual([25]);
    for (let count = 0; count < 5; count += 1) rung.requestKeyframe();
    expect(await encodeUntil(3000)).toEqual([38]);
  });

  it('stays contiguous for who comes while a picture is being encoded', async () => {
    viewer().attach();
    await settle();
    await encodeUntil(200);
    const late = viewer();
    const busy = rung.encode(noFrame, tick, tick * 40);
    late.attach();
    await busy;
    expect(late.ticks).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('closes an encoder whose consumers went while it was opened', async () => {
    const a = viewer();
    a.attach();
    a.detach();
    await settle();
    expect(encoders.map(({ closed }) => closed)).toEqual([true]);
    expect(rung.active).toBe(false);
  });

  it('gives nothing of an old encoder to the consumers of a new one', async () => {
    const [a, b] = [viewer(), viewer()];
    a.attach();
    await settle();
    const busy = rung.encode(noFrame, 0, 0);
    a.detach();
    b.attach();
    expect(await busy).toBeNull();
    expect(b.ticks).toEqual([]);
    await settle();
    tick = 1;
    expect(await encodeUntil(120)).toEqual([1]);
    expect(b.ticks).toEqual([1, 2]);
  });

  it('reports a failure once, tries again a second later, and starts with a keyframe', async () => {
    const a = viewer();
    a.attach();
    await settle();
    await encodeUntil(200);
    encoders[0]!.failing = true;
    await expect(rung.encode(noFrame, 5, 200)).rejects.toThrow('broken');
    expect(encoders[0]!.closed).toBe(true);
    tick = 6;
    expect(await encodeUntil(1160)).toEqual([]);
    expect(encoders.length).toBe(1);
    await rung.encode(noFrame, tick, 1200);
    await settle();
    tick = 31;
    expect(await encodeUntil(1300)).toEqual([31]);
    expect(a.ticks).toEqual([0, 1, 2, 3, 4, 31, 32]);
  });

  it('reports that an encoder cannot be opened', async () => {
    opening = () => Promise.reject(new Error('no codec'));
    viewer().attach();
    await settle();
    await expect(rung.encode(noFrame, 0, 0)).rejects.toThrow('no codec');
    expect(await rung.encode(noFrame, 1, 40)).toBeNull();
    expect(rung.active).toBe(false);
  });

  it('passes the bitrate on, also to an encoder that is opened later', async () => {
    viewer().attach();
    rung.setBitrate(70_000);
    await settle();
    expect(encoders[0]!.bitsPerSecond).toBe(70_000);
    rung.setBitrate(50_000);
    expect(encoders[0]!.bitsPerSecond).toBe(50_000);
  });

  it('can be closed twice, and takes nobody afterwards', async () => {
    const a = viewer();
    a.attach();
    await settle();
    await rung.close();
    await rung.close();
    expect(encoders[0]!.closed).toBe(true);
    expect(() => {
      a.attach();
    }).toThrow('closed');
  });
});

describe('a rung with a real encoder', () => {
  it('encodes, and survives losing its consumer in the middle of a picture', async () => {
    const canvas = new Canvas(64, 64);
    const rung = new Rung(options);
    const units: AccessUnit[] = [];
    const consume = (unit: AccessUnit): void => {
      units.push(unit);
    };
    rung.attach(consume, 0);
    for (let tick = 0; units.length < 3; tick += 1) {
      await rung.encode(canvas.frame, tick, tick * 40);
      await settle();
    }
    expect(units.map(({ keyframe }) => keyframe)).toEqual([true, false, false]);
    const busy = rung.encode(canvas.frame, 10_000_000, 0);
    rung.detach(consume);
    await busy;
    await rung.close();
    expect(units.length).toBe(3);
    canvas.close();
  });
});
