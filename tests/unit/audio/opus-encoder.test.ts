import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_LOG_ERROR,
  AV_SAMPLE_FMT_FLT,
  FF_DECODER_LIBOPUS,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Log, Packet } from 'node-av/lib';
import { describe, expect, it } from 'vitest';

import { AudioMixer } from '../../../mixer/audio/index.ts';
import { openOpusEncoder } from '../../../mixer/encode/opus-encoder.ts';
import {
  amplitudeOf,
  decibels,
  floats,
  joined,
  largestStep,
  pcm16,
  sine,
  steepest,
} from './signals.ts';

// libav warns at every encoder that is closed without being drained, which loses nothing here.
Log.setLevel(AV_LOG_ERROR);

/** Decodes packets one after the other, as a receiver does. */
async function decode(packets: readonly Buffer[]): Promise<Float32Array> {
  const codec = Codec.findDecoderByName(FF_DECODER_LIBOPUS)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = 48_000;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  FFmpegError.throwIfError(await context.open2(codec), 'open2');
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const parts: Float32Array[] = [];
  for (const data of packets) {
    packet.data = data;
    FFmpegError.throwIfError(context.sendPacketSync(packet), 'send');
    FFmpegError.throwIfError(context.receiveFrameSync(frame), 'receive');
    const plane = frame.data![0]!;
    const samples = new Float32Array(frame.nbSamples);
    if (frame.format === AV_SAMPLE_FMT_FLT)
      samples.set(new Float32Array(plane.buffer, plane.byteOffset, frame.nbSamples));
    else for (let i = 0; i < samples.length; i++) samples[i] = plane.readInt16LE(2 * i) / 32_768;
    parts.push(samples);
    frame.unref();
    packet.unref();
  }
  packet.free();
  frame.free();
  context.freeContext();
  return joined(parts);
}

describe('the Opus encoder', () => {
  it('gives one packet of 20 ms per frame, at about 32 kbit/s, that decodes to the same level', async () => {
    const encoder = await openOpusEncoder();
    const packets = Array.from({ length: 100 }, (_, k) =>
      encoder.encode(floats(sine(1000, 0.3), k * 960, 960)),
    );
    encoder.close();
    const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(2 * 4_000 * 1.1);
    const sound = await decode(packets);
    expect(sound.length).toBe(100 * 960);
    const level = amplitudeOf(sound.subarray(48_000), 1000);
    expect(Math.abs(decibels(level / 0.3))).toBeLessThan(1);
  });

  it.each([
    [40, 24_000],
    [60, 16_000],
  ] as const)('gives packets of %i ms at %i bit/s', async (frameMs, bitsPerSecond) => {
    const encoder = await openOpusEncoder({ frameMs, bitsPerSecond });
    const length = frameMs * 48;
    const packets = Array.from({ length: 50 }, (_, k) =>
      encoder.encode(floats(sine(1000, 0.3), k * length, length)),
    );
    expect(() => encoder.encode(new Float32Array(960))).toThrow(RangeError);
    encoder.close();
    const bits = 8 * packets.reduce((sum, packet) => sum + packet.length, 0);
    expect(bits / ((50 * frameMs) / 1000) / bitsPerSecond).toBeLessThan(1.1);
    const sound = await decode(packets);
    expect(sound.length).toBe(50 * length);
    const level = amplitudeOf(sound.subarray(48_000), 1000);
    expect(Math.abs(decibels(level / 0.3))).toBeLessThan(1);
  });

  it('gives packets that are not overwritten by later ones', async () => {
    const encoder = await openOpusEncoder();
    const first = encoder.encode(floats(sine(1000, 0.3), 0, 960));
    const copy = Buffer.from(first);
    for (let k = 1; k < 20; k++) encoder.encode(floats(sine(3000, 0.5), k * 960, 960));
    encoder.close();
    expect(first).toEqual(copy);
  });

  it('refuses frames of another length, and everything once closed', async () => {
    const encoder = await openOpusEncoder();
    expect(() => encoder.encode(new Float32Array(480))).toThrow(RangeError);
    encoder.close();
    encoder.close();
    expect(() => encoder.encode(new Float32Array(960))).toThrow('closed');
  });
});

describe('the mixer with real Opus', () => {
  it('carries the others, not oneself, and switches encoders without a click', async () => {
    const mixer = new AudioMixer({ openEncoder: openOpusEncoder });
    const voices = {
      // Ann begins to speak in the middle; Bob hums all the time; Cyd listens.
      ann: (i: number) => (i < 48_000 ? 0 : sine(400, 0.2)(i)),
      bob: sine(1000, 0.2),
      cyd: () => 0,
    };
    const ids = ['ann', 'bob', 'cyd'] as const;
    const packets = { ann: [] as Buffer[], bob: [] as Buffer[], cyd: [] as Buffer[] };
    const sources = ids.map((id) => mixer.addSource(id));
    for (const id of ids) mixer.addListener(id, ({ data }) => packets[id].push(data));
    let ticks = 0;
    const tick = async (): Promise<void> => {
      for (const source of sources)
        source.push(pcm16(voices[source.id as 'ann'], ticks * 960, 960), 48_000);
      ticks += 1;
      mixer.tick();
      await new Promise((resolve) => setImmediate(resolve));
    };
    // Opening an encoder takes a moment; until hers is there Ann is not heard.
    while (mixer.encoderCount < 3) await tick();
    for (let k = 0; k < 50; k++) await tick();
    expect(mixer.encoderCount).toBe(3);
    mixer.close();
    const ann = await decode(packets.ann);
    const cyd = await decode(packets.cyd);
    const end = (sound: Float32Array): Float32Array => sound.subarray(-24_000);
    expect(Math.abs(decibels(amplitudeOf(end(ann), 1000) / 0.2))).toBeLessThan(1);
    expect(decibels(amplitudeOf(end(ann), 400) / 0.2)).toBeLessThan(-50);
    expect(Math.abs(decibels(amplitudeOf(end(cyd), 400) / 0.2))).toBeLessThan(1);
    expect(Math.abs(decibels(amplitudeOf(end(cyd), 1000) / 0.2))).toBeLessThan(1);
    // Bob's steady tone, in Ann's ears, through her switch to an encoder of her own.
    expect(largestStep(ann.subarray(12_000))).toBeLessThan(1.4 * steepest(1000, 0.2));
  });

  it('changes packet lengths without a click', async () => {
    const mixer = new AudioMixer({ openEncoder: (format) => openOpusEncoder(format) });
    const bob = mixer.addSource('bob');
    const packets: Buffer[] = [];
    mixer.addListener('cyd', ({ data }) => packets.push(data));
    let ticks = 0;
    const tick = async (): Promise<void> => {
      bob.push(pcm16(sine(1000, 0.2), ticks * 960, 960), 48_000);
      ticks += 1;
      mixer.tick();
      await new Promise((resolve) => setImmediate(resolve));
    };
    // Opening an encoder takes a moment.
    while (packets.length === 0) await tick();
    const lengths = [60, 20, 40, 20, 60] as const;
    for (let k = 0; k < 300; k++) {
      const frameMs = lengths[(k - 50) / 50];
      if (frameMs !== undefined) mixer.setFormat('cyd', { frameMs, bitsPerSecond: 32_000 });
      await tick();
    }
    mixer.close();
    const sound = await decode(packets);
    expect(sound.length).toBeGreaterThan(290 * 960);
    const settled = sound.subarray(12_000);
    expect(Math.abs(decibels(amplitudeOf(settled, 1000) / 0.2))).toBeLessThan(1);
    expect(largestStep(settled)).toBeLessThan(1.4 * steepest(1000, 0.2));
  });
});
