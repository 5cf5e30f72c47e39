import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import {
  avImageCopyToBuffer,
  Codec,
  CodecContext,
  FFmpegError,
  FormatContext,
  Frame,
  Packet,
} from 'node-av/lib';
import type { I420Frame } from '../../../mixer/compositor/index.ts';
import { ownCpuSeconds } from '../lab/own-cpu.ts';

/** All packets of a file of one stream, the first of them a keyframe. */
export function readPackets(path: string): Packet[] {
  const container = new FormatContext();
  FFmpegError.throwIfError(container.openInputSync(path), `opening ${path}`);
  const packets: Packet[] = [];
  for (;;) {
    const packet = new Packet();
    packet.alloc();
    if (container.readFrameSync(packet) < 0) break;
    packets.push(packet);
  }
  container.closeInputSync();
  return packets;
}

async function openDecoder(name: string): Promise<CodecContext> {
  const codec = Codec.findDecoderByName(name as never);
  if (codec === null) throw new Error(`This build of libav has no ${name}.`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  FFmpegError.throwIfError(await context.open2(codec), `opening ${name}`);
  return context;
}

/**
 * Decodes streams side by side, a picture of each in turn, as a room does; again from the start where a stream is short.
 * @returns processor seconds for `frames` pictures of each
 */
export async function measureDecode(
  decoder: string,
  streams: readonly (readonly Packet[])[],
  frames: number,
): Promise<number> {
  const contexts = await Promise.all(streams.map(() => openDecoder(decoder)));
  const frame = new Frame();
  frame.alloc();
  const before = ownCpuSeconds();
  for (let tick = 0; tick < frames; tick += 1) {
    for (const [index, packets] of streams.entries()) {
      const context = contexts[index]!;
      const sent = context.sendPacketSync(packets[tick % packets.length]!);
      FFmpegError.throwIfError(sent, 'decoding a picture');
      FFmpegError.throwIfError(context.receiveFrameSync(frame), 'getting a picture');
      frame.unref();
    }
  }
  const cost = ownCpuSeconds() - before;
  frame.free();
  for (const context of contexts) context.freeContext();
  return cost;
}

/** The first pictures of a stream, as an uplink has them. */
export async function decodePictures(
  packets: readonly Packet[],
  count: number,
): Promise<I420Frame[]> {
  const context = await openDecoder('libvpx');
  const frame = new Frame();
  frame.alloc();
  const pictures = packets.slice(0, count).map((packet): I420Frame => {
    FFmpegError.throwIfError(context.sendPacketSync(packet), 'decoding a picture');
    FFmpegError.throwIfError(context.receiveFrameSync(frame), 'getting a picture');
    const { width, height, data, linesize } = frame;
    const packed = Buffer.alloc((width * height * 3) / 2);
    avImageCopyToBuffer(
      ...([packed, packed.length, data!, linesize, AV_PIX_FMT_YUV420P, width, height, 1] as const),
    );
    frame.unref();
    return { width, height, data: packed };
  });
  frame.free();
  context.freeContext();
  return pictures;
}
