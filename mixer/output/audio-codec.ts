import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBOPUS,
  FF_ENCODER_PCM_S16LE,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Rational } from 'node-av/lib';
import { sampleRate } from '../audio/format.ts';

/**
 * Encoders of mono sound. AAC's `fast` coder takes 4 ms for a second of speech, twoloop 8, and libav recommends it from
 * 64 kbit/s up.
 */
const codecs = {
  aac: {
    name: FF_ENCODER_AAC,
    format: AV_SAMPLE_FMT_FLTP,
    bitrate: 96_000,
    options: { aac_coder: 'fast' },
  },
  opus: { name: FF_ENCODER_LIBOPUS, format: AV_SAMPLE_FMT_FLT, bitrate: 64_000, options: {} },
  pcm: { name: FF_ENCODER_PCM_S16LE, format: AV_SAMPLE_FMT_S16, bitrate: 0, options: {} },
} as const;

/** The audio codecs that files are made with. */
export type FileAudioCodec = keyof typeof codecs;

/**
 * Opens an encoder of mono sound at 48 kHz.
 *
 * @param globalHeader - As for {@link openVideoCodec}.
 * @throws Error if this build has no such encoder
 */
export async function openAudioCodec(
  name: FileAudioCodec,
  globalHeader: boolean,
): Promise<CodecContext> {
  const { format, bitrate, options } = codecs[name];
  const codec = Codec.findEncoderByName(codecs[name].name);
  if (codec === null) throw new Error(`This build of libav has no ${codecs[name].name}.`);
  const context = new CodecContext();
  context.allocContext3(codec);
  if (globalHeader) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  context.sampleRate = sampleRate;
  context.sampleFormat = format;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.timeBase = new Rational(1, sampleRate);
  if (bitrate > 0) context.bitRate = BigInt(bitrate);
  try {
    const opened = await context.open2(codec, Dictionary.fromObject(options));
    FFmpegError.throwIfError(opened, 'opening the audio encoder');
    return context;
  } catch (error) {
    context.freeContext();
    throw error;
  }
}
