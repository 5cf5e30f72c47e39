import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av/lib';
import { FF_DECODER_LIBOPUS } from 'node-av/constants';
import type * as encode from '../../../mixer/encode/index.ts';
import type { Load } from '../lab/in-child.ts';
import { ownCpuSeconds } from '../lab/own-cpu.ts';
import type { UnitCosts } from './task.ts';

const [sampleRate, frameSamples] = [48_000, 960];

/** Encodes with our encoder and its options, and decodes with libopus, what sounds a little like speech. */
export async function measureOpus(
  mediaSeconds: number,
  load: Load,
): Promise<Pick<UnitCosts, 'opusDecode' | 'opusEncode'>> {
  const { openOpusEncoder } = await load<typeof encode>('mixer/encode/index.js');
  const encoder = await openOpusEncoder();
  const frames = Math.round((mediaSeconds * sampleRate) / frameSamples);
  const sounds = Array.from({ length: 50 }, (_, index) => soundOf(index));
  const packets: Packet[] = [];
  let before = ownCpuSeconds();
  for (let tick = 0; tick < frames; tick += 1) {
    const data = encoder.encode(sounds[tick % sounds.length]!);
    if (packets.length >= sounds.length) continue;
    const packet = new Packet();
    packet.alloc();
    packet.data = data;
    packets.push(packet);
  }
  const opusEncode = (ownCpuSeconds() - before) / mediaSeconds;
  encoder.close();

  const codec = Codec.findDecoderByName(FF_DECODER_LIBOPUS);
  if (codec === null) throw new Error('This build of libav has no libopus decoder.');
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.sampleRate = sampleRate;
  FFmpegError.throwIfError(await decoder.open2(codec), 'opening libopus');
  const frame = new Frame();
  frame.alloc();
  before = ownCpuSeconds();
  for (let tick = 0; tick < frames; tick += 1) {
    const sent = decoder.sendPacketSync(packets[tick % packets.length]!);
    FFmpegError.throwIfError(sent, 'decoding sound');
    FFmpegError.throwIfError(decoder.receiveFrameSync(frame), 'getting sound');
    frame.unref();
  }
  return { opusEncode, opusDecode: (ownCpuSeconds() - before) / mediaSeconds };
}

/** 20 ms of a voice of 120 Hz with overtones, as loud as syllables are. */
function soundOf(index: number): Float32Array {
  return Float32Array.from({ length: frameSamples }, (_, sample) => {
    const seconds = (index * frameSamples + sample) / sampleRate;
    const loudness = 0.2 * Math.abs(Math.sin(2 * Math.PI * 2 * seconds));
    let sum = 0;
    for (let overtone = 1; overtone <= 12; overtone += 1) {
      sum += Math.sin(2 * Math.PI * 120 * overtone * seconds) / overtone;
    }
    return loudness * sum * 0.5;
  });
}
