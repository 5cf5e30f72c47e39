import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_VP8,
  AV_SAMPLE_FMT_FLT,
  FF_DECODER_LIBOPUS,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av/lib';

/**
 * Decodes pictures and gives the brightness of the middle of each, 0 to 255.
 * @throws Error where they cannot be decoded
 */
export async function decodedLuma(
  codec: 'h264' | 'vp8',
  units: readonly Buffer[],
): Promise<number[]> {
  const decoder = Codec.findDecoder(codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8);
  const context = open(decoder);
  const seen: number[] = [];
  await decode(context, decoder, units, ({ data, linesize, width, height }) => {
    const stride = linesize[0] ?? 0;
    seen.push(data?.[0]?.[(height / 2) * stride + width / 2] ?? 0);
  });
  return seen;
}

/**
 * Decodes Opus and gives the loudness of the last packet, as the root of the mean square of samples of -1 to 1.
 * @throws Error where it cannot be decoded
 */
export async function decodedRms(packets: readonly Buffer[]): Promise<number> {
  const decoder = Codec.findDecoderByName(FF_DECODER_LIBOPUS);
  const context = open(decoder);
  context.sampleRate = 48_000;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  let rms = 0;
  await decode(context, decoder, packets, ({ data, format, nbSamples }) => {
    const plane = data?.[0];
    if (plane === undefined) return;
    let squares = 0;
    for (let index = 0; index < nbSamples; index += 1) {
      const sample =
        format === AV_SAMPLE_FMT_FLT
          ? plane.readFloatLE(4 * index)
          : plane.readInt16LE(2 * index) / 32_768;
      squares += sample * sample;
    }
    rms = Math.sqrt(squares / nbSamples);
  });
  return rms;
}

function open(codec: Codec | null): CodecContext {
  if (codec === null) throw new Error('there is no decoder');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  return context;
}

async function decode(
  context: CodecContext,
  codec: Codec | null,
  units: readonly Buffer[],
  look: (frame: Frame) => void,
): Promise<void> {
  FFmpegError.throwIfError(await context.open2(codec), 'opening the decoder');
  const packet = new Packet();
  const frame = new Frame();
  packet.alloc();
  frame.alloc();
  const receive = (): void => {
    while (context.receiveFrameSync(frame) >= 0) {
      look(frame);
      frame.unref();
    }
  };
  try {
    for (const data of units) {
      packet.data = data;
      FFmpegError.throwIfError(context.sendPacketSync(packet), 'decoding');
      packet.unref();
      receive();
    }
    context.sendPacketSync(null);
    receive();
  } finally {
    packet.free();
    frame.free();
    context.freeContext();
  }
}
