import { Canvas } from '../../mixer/compositor/index.ts';
import { VideoEncoder } from '../../mixer/encode/index.ts';
import { packetizeVp8, type PacketizedFrame } from '../rtp/index.ts';
import type { VideoClip } from './clip.ts';
import type { Pictures } from './pictures.ts';

/** How a clip is encoded. */
export interface VideoClipOptions {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  readonly bitsPerSecond: number;
}

/**
 * Encodes a loop in VP8, its first picture a keyframe and no other. The encoder works on libuv's thread pool, so that the
 * event loop is held for no longer than it takes to draw one picture.
 *
 * @param pictures - What is encoded.
 * @param options - How.
 */
export async function encodeVideoClip(
  pictures: Pictures,
  options: VideoClipOptions,
): Promise<VideoClip> {
  const { width, height, fps } = options;
  const canvas = new Canvas(width, height);
  const frames: PacketizedFrame[] = [];
  const count = Math.max(2, Math.round(pictures.seconds * fps));
  try {
    const painter = await pictures.open(width, height);
    try {
      const encoder = await VideoEncoder.open({ codec: 'vp8', ...options });
      try {
        for (let index = 0; index < count; index += 1) {
          canvas.beginDrawing();
          await painter.paint(canvas, index, fps);
          const unit = await encoder.encode(canvas.frame, index, index === 0);
          if (unit !== null) frames.push(packetizeVp8(unit.data, null));
        }
      } finally {
        await encoder.close();
      }
    } finally {
      painter.close();
    }
  } finally {
    canvas.close();
  }
  if (frames[0]?.keyframe !== true) throw new Error('The clip does not begin with a keyframe.');
  return { width, height, fps, frames };
}
