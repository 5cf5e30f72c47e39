import { AV_CODEC_FLAG_LOW_DELAY, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { avImageCopyToBuffer, Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av/lib';
import type { ReceivedPicture } from './received.ts';

/** A decoded picture: packed I420. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/**
 * Decodes what a receiver got.
 * @param each - is given every picture; its `copy` makes a copy of it, during the call
 * @throws Error where a picture cannot be decoded
 */
export async function decodePictures(
  pictures: readonly ReceivedPicture[],
  codec: 'h264' | 'vp8',
  each: (picture: ReceivedPicture, copy: () => DecodedPicture) => void,
): Promise<void> {
  const decoder = Codec.findDecoderByName((codec === 'h264' ? 'h264' : 'libvpx') as never);
  if (decoder === null) throw new Error(`This build of libav does not decode ${codec}.`);
  const context = new CodecContext();
  context.allocContext3(decoder);
  context.threadCount = 1;
  context.flags = AV_CODEC_FLAG_LOW_DELAY;
  FFmpegError.throwIfError(await context.open2(decoder), 'opening a decoder');
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const copy = (): DecodedPicture => {
    const { width, height, data, linesize } = frame;
    const packed = Buffer.alloc((width * height * 3) / 2);
    avImageCopyToBuffer(
      ...([packed, packed.length, data ?? [], linesize] as const),
      ...([AV_PIX_FMT_YUV420P, width, height, 1] as const),
    );
    return { width, height, data: packed };
  };
  try {
    for (const picture of pictures) {
      packet.data = picture.data;
      FFmpegError.throwIfError(context.sendPacketSync(packet), 'decoding what was received');
      packet.unref();
      if (context.receiveFrameSync(frame) < 0) continue;
      each(picture, copy);
      frame.unref();
    }
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
  }
}
