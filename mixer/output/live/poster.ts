import { AVMEDIA_TYPE_VIDEO, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Packet } from 'node-av/lib';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeJpeg } from '../jpeg.ts';
import { urlOf } from '../output-file.ts';

/** The name of a recording's picture. */
export const posterName = 'poster.jpg';

/** It is of the last keyframe until here: in the first second people are still coming. */
const posterSeconds = 3;
const mostWidth = 1280;

/**
 * Makes a JPEG of a video: a keyframe two to three seconds in, or what there is.
 *
 * @throws Error where it cannot be decoded or written
 */
export async function makePoster(video: string, path: string): Promise<void> {
  const frame = await decodeKeyframe(video);
  try {
    const temporary = join(dirname(path), `.${posterName}.part`);
    await writeFile(temporary, await encodeJpeg(frame, Math.min(frame.width, mostWidth)));
    await rename(temporary, path);
  } finally {
    frame.free();
  }
}

async function decodeKeyframe(path: string): Promise<Frame> {
  const file = new FormatContext();
  const packet = new Packet();
  const decoder = new CodecContext();
  const frame = new Frame();
  packet.alloc();
  frame.alloc();
  file.allocContext();
  try {
    FFmpegError.throwIfError(await file.openInput(urlOf(path)), 'opening the recording');
    const stream = file.streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO);
    const codec = stream && Codec.findDecoder(stream.codecpar.codecId);
    if (!stream || !codec) throw new Error('There is no picture in it.');
    decoder.allocContext3(codec);
    FFmpegError.throwIfError(decoder.parametersToContext(stream.codecpar), 'opening the decoder');
    decoder.threadCount = 1;
    FFmpegError.throwIfError(await decoder.open2(codec), 'opening the decoder');
    const { num, den } = stream.timeBase;
    const target = BigInt(Math.round((posterSeconds * den) / num));
    // Where it cannot seek it is at the beginning, which will do.
    await file.seekFrame(stream.index, target, AVSEEK_FLAG_BACKWARD);
    while ((await file.readFrame(packet)) >= 0) {
      const wanted = packet.streamIndex === stream.index && packet.isKeyframe;
      if (wanted) {
        FFmpegError.throwIfError(await decoder.sendPacket(packet), 'decoding a picture');
        FFmpegError.throwIfError(await decoder.sendPacket(null), 'decoding a picture');
      }
      packet.unref();
      if (!wanted) continue;
      FFmpegError.throwIfError(await decoder.receiveFrame(frame), 'decoding a picture');
      return frame;
    }
    throw new Error('There is no keyframe in it.');
  } catch (error) {
    frame.free();
    throw error;
  } finally {
    packet.free();
    decoder.freeContext();
    file.closeInputSync();
  }
}
