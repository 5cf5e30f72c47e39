import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { FFmpegError, Frame } from 'node-av/lib';
import type * as compositor from '../../../mixer/compositor/index.ts';
import type * as videoEncoder from '../../../mixer/encode/video-encoder.ts';
import type { Load } from '../lab/in-child.ts';
import { ownCpuSeconds } from '../lab/own-cpu.ts';
import type { FloorRung } from './task.ts';

/**
 * Encodes composites with the encoder and options of the server. The composites were made before; they are shown to and fro,
 * so that the picture never jumps.
 * @param pictures - of each participant
 * @returns processor seconds per second of media
 */
export async function measureEncode(
  { Compositor }: typeof compositor,
  pictures: readonly (readonly compositor.I420Frame[])[],
  rung: FloorRung,
  mediaSeconds: number,
  load: Load,
): Promise<number> {
  const { VideoEncoder } = await load<typeof videoEncoder>('mixer/encode/video-encoder.js');
  const { width, height, fps, bitsPerSecond } = rung;
  const ours = new Compositor({ width, height, transitionMs: 0 });
  let shown = 0;
  const members = pictures.map((own, index) => ({
    id: String(index),
    name: `Person ${index}`,
    screen: false,
    source: { latest: () => own[shown % own.length] ?? null },
    muted: false,
    hand: false,
  }));
  ours.setScene(members, { mode: 'grid', pinned: null, speaker: null, page: 0 });
  const composites: Frame[] = [];
  for (; shown < (pictures[0]?.length ?? 0); shown += 1) {
    ours.compose(shown * 40);
    composites.push(copyOf(ours.frame));
  }
  ours.close();

  // Pictures are left out where the rung is slower than the clips.
  const step = Math.max(1, Math.round(25 / fps));
  const encoder = await VideoEncoder.open({ codec: 'h264', width, height, fps, bitsPerSecond });
  const warmUp = Math.round(fps);
  const frames = Math.round(mediaSeconds * fps);
  let before = 0;
  for (let tick = 0; tick < warmUp + frames; tick += 1) {
    if (tick === warmUp) before = ownCpuSeconds();
    await encoder.encode(composites[toAndFro(tick * step, composites.length)]!, tick, tick === 0);
  }
  const cost = ownCpuSeconds() - before;
  await encoder.close();
  for (const composite of composites) composite.free();
  return cost / (frames / fps);
}

/** 0 1 2 1 0 1 2 … for a length of 3. */
function toAndFro(index: number, length: number): number {
  const period = Math.max(1, 2 * (length - 1));
  const at = index % period;
  return at < length ? at : period - at;
}

function copyOf(frame: Frame): Frame {
  const copy = new Frame();
  copy.alloc();
  copy.format = AV_PIX_FMT_YUV420P;
  copy.width = frame.width;
  copy.height = frame.height;
  FFmpegError.throwIfError(copy.getBuffer(), 'making room for a picture');
  FFmpegError.throwIfError(copy.copy(frame), 'copying a picture');
  return copy;
}
