import { appendFileSync, readFileSync } from 'node:fs';
import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { avImageCopyToBuffer, FFmpegError, FilterGraph, Frame } from 'node-av/lib';
import { ownCpuSeconds } from '../lab/own-cpu.ts';
import { bytesOf, canvas, fps, source, type Task } from './task.ts';
import { stackGraph } from './stack-graph.ts';

/** Composes with libavfilter in this process; the pictures are in its own memory, and only references to them go in. */
export function work({ files, tiles, frames, control, output }: Task): Promise<{
  cpuSeconds: number;
}> {
  const pictures = files.map(picturesOf);
  const inputs = files.map(
    (_, index) =>
      `buffer@in${index}=video_size=${source.width}x${source.height}:pix_fmt=yuv420p:time_base=1/${fps}:pixel_aspect=1/1:frame_rate=${fps}`,
  );
  const text = control
    ? inputs.map((input) => `${input},nullsink`)
    : [
        ...inputs.map((input, index) => `${input}[${index}:v]`),
        `${stackGraph(tiles)},buffersink@out`,
      ];
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  FFmpegError.throwIfError(graph.parse2(text.join(';')), 'reading the graph');
  FFmpegError.throwIfError(graph.configSync(), 'configuring the graph');
  const sources = files.map((_, index) => filterOf(graph, `buffer@in${index}`));
  const sink = control ? null : filterOf(graph, 'buffersink@out');
  const composite = new Frame();
  composite.alloc();

  const compose = (tick: number): void => {
    for (const [index, filter] of sources.entries()) {
      const own = pictures[index]!;
      const frame = own[tick % own.length]!;
      frame.pts = BigInt(tick);
      const added = filter.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF);
      FFmpegError.throwIfError(added, 'giving a picture');
    }
    if (sink === null) return;
    FFmpegError.throwIfError(sink.buffersinkGetFrameSync(composite), 'getting the composite');
    if (output !== null) {
      const bytes = Buffer.alloc(bytesOf(canvas));
      const { width, height } = composite;
      const copied = avImageCopyToBuffer(
        bytes,
        bytes.length,
        composite.data!,
        composite.linesize,
        AV_PIX_FMT_YUV420P,
        width,
        height,
        1,
      );
      FFmpegError.throwIfError(copied, 'copying the composite');
      appendFileSync(output, bytes);
    }
    composite.unref();
  };
  let tick = 0;
  if (output === null) while (tick < 2 * fps) compose(tick++);
  const before = ownCpuSeconds();
  for (let count = 0; count < frames; count += 1) compose(tick++);
  return Promise.resolve({ cpuSeconds: ownCpuSeconds() - before });
}

function filterOf(graph: FilterGraph, name: string) {
  const filter = graph.getFilter(name);
  if (filter === null) throw new Error(`The graph has no ${name}.`);
  return filter;
}

/** The pictures of a raw file, in libav's memory. */
function picturesOf(file: string): Frame[] {
  const bytes = readFileSync(file);
  const size = bytesOf(source);
  return Array.from({ length: bytes.length / size }, (_, index) => {
    const frame = new Frame();
    frame.alloc();
    frame.format = AV_PIX_FMT_YUV420P;
    frame.width = source.width;
    frame.height = source.height;
    FFmpegError.throwIfError(frame.getBuffer(), 'making room for a picture');
    let at = index * size;
    for (const [plane, data] of (frame.data ?? []).entries()) {
      const [width, height] =
        plane === 0 ? [source.width, source.height] : [source.width / 2, source.height / 2];
      const stride = frame.linesize[plane]!;
      for (let row = 0; row < height; row += 1, at += width) {
        bytes.copy(data, row * stride, at, at + width);
      }
    }
    return frame;
  });
}
