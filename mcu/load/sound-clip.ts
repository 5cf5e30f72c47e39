import { AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT, FF_ENCODER_LIBOPUS } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Frame, Packet, Rational } from 'node-av/lib';
import type { SoundClip } from './clip.ts';
import { type Sound, soundRate } from './sound.ts';

/** As browsers encode a voice. */
const bitsPerSecond = 32_000;

/** Lengths of an Opus frame that can be asked for, in milliseconds. */
export const opusFrameMs: readonly number[] = [10, 20, 40, 60];

/**
 * Encodes a sound in Opus with the settings of a browser.
 *
 * @param sound - What is encoded.
 * @param frameMs - Length of a packet: one of {@link opusFrameMs}.
 */
export async function encodeSoundClip(sound: Sound, frameMs: number): Promise<SoundClip> {
  const samples = await sound.samples();
  const size = (soundRate / 1000) * frameMs;
  const context = await openEncoder(frameMs);
  const packet = new Packet();
  packet.alloc();
  const packets: Buffer[] = [];
  try {
    for (let at = 0; at + size <= samples.length; at += size) {
      using frame = frameOf(samples.subarray(at, at + size), at);
      FFmpegError.throwIfError(await context.sendFrame(frame), 'encoding sound');
      while (context.receivePacketSync(packet) >= 0) {
        if (packet.data !== null) packets.push(Buffer.from(packet.data));
        packet.unref();
      }
    }
    // What it holds back is past the end.
    await context.sendFrame(null);
    while (context.receivePacketSync(packet) >= 0) packet.unref();
  } finally {
    packet.free();
    context.freeContext();
  }
  return { frameMs, packets };
}

function frameOf(samples: Float32Array, at: number): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_SAMPLE_FMT_FLT;
  frame.sampleRate = soundRate;
  frame.nbSamples = samples.length;
  frame.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  frame.pts = BigInt(at);
  FFmpegError.throwIfError(frame.getBuffer(), 'making room for sound');
  const [plane] = frame.data ?? [];
  if (plane === undefined) throw new Error('The sound has no room.');
  new Float32Array(plane.buffer, plane.byteOffset, samples.length).set(samples);
  return frame;
}

async function openEncoder(frameMs: number): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBOPUS);
  if (codec === null) throw new Error('This build of libav has no libopus.');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = soundRate;
  context.sampleFormat = AV_SAMPLE_FMT_FLT;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.bitRate = BigInt(bitsPerSecond);
  context.timeBase = new Rational(1, soundRate);
  const options = { application: 'voip', frame_duration: String(frameMs), fec: '1' };
  try {
    FFmpegError.throwIfError(
      await context.open2(codec, Dictionary.fromObject(options)),
      'opening the sound encoder',
    );
  } catch (error) {
    context.freeContext();
    throw error;
  }
  return context;
}
