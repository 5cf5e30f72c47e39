import { findFfmpeg } from '../../harness/browsers.ts';
import { findTool } from '../../harness/find-tools.mjs';
import { timed } from '../lab/timed.ts';
import { Plumbing } from './plumbing.ts';
import { stackGraph } from './stack-graph.ts';
import { bytesOf, canvas, fps, source, type Task } from './task.ts';

/** A program's arguments for a task, given where its pictures come from and where the composite goes. */
type Arguments = (task: Task, inputs: readonly string[], extra: string, output: string) => string[];

/**
 * Runs a program to its end on a task.
 * @param repeats - how often each file is to be fed; `frames` are so many times its pictures
 * @param blank - a raw composite's worth of pictures as many as a file has: what a control writes out
 * @returns processor seconds, from the system (wait4)
 */
async function run(
  program: string,
  make: Arguments,
  task: Task & { folder: string; repeats: number; blank: string },
): Promise<number> {
  const plumbing = new Plumbing(task.folder);
  let done = false;
  try {
    const inputs = task.files.map((file) => plumbing.from(file, task.repeats));
    const extra = task.control ? plumbing.from(task.blank, task.repeats) : '';
    const output = plumbing.to(task.output);
    const args = make(task, inputs, extra, output);
    // A program that waits for a pipe for ever must not hold up the others.
    const { cpu } = await timed('timeout', ['120', program, ...args]);
    done = true;
    return cpu;
  } finally {
    await plumbing.close(!done);
  }
}

const raw = ({ width, height }: { width: number; height: number }): string[] => [
  ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(fps)],
];

/** ffmpeg's command line: raw pictures through pipes, `xstack`, raw pictures out. */
export const ffmpeg = (task: Parameters<typeof run>[2]): Promise<number> =>
  run(
    findFfmpeg().ffmpeg,
    ({ control, tiles }, inputs, extra, output) => [
      ...['-hide_banner', '-nostdin', '-v', 'error', '-y', '-filter_complex_threads', '1'],
      ...inputs.flatMap((input) => [...raw(source), '-i', input]),
      ...(control
        ? [
            ...[...raw(canvas), '-i', extra],
            ...inputs.flatMap((_, index) => ['-map', String(index)]),
            ...['-c', 'copy', '-f', 'null', '-'],
            ...['-map', String(inputs.length), '-c', 'copy', '-f', 'rawvideo', output],
          ]
        : [
            ...['-filter_complex', `${stackGraph(tiles)}[out]`, '-map', '[out]'],
            ...['-f', 'rawvideo', output],
          ]),
    ],
    task,
  );

const pictures = (pipe: string, size: { width: number; height: number }): string[] => [
  // In the source's default blocks of 4 KiB it would take three times as long.
  ...['filesrc', `location=${pipe}`, `blocksize=${bytesOf(size)}`, '!'],
  ...['rawvideoparse', 'format=i420', `width=${size.width}`, `height=${size.height}`],
  `framerate=${fps}/1`,
];

/** GStreamer's `compositor`, which scales (linear, as area does where it shrinks) and lays out. */
export const gstreamer = (task: Parameters<typeof run>[2]): Promise<number> =>
  run(
    findTool('gstreamer') ?? 'gst-launch-1.0',
    ({ control, tiles }, inputs, extra, output) =>
      control
        ? [
            ...['-q', ...pictures(extra, canvas), '!', 'filesink', `location=${output}`],
            ...inputs.flatMap((pipe) => [...pictures(pipe, source), '!', 'fakesink', 'sync=false']),
          ]
        : [
            ...['-q', 'compositor', 'name=c', 'background=black', 'max-threads=1'],
            ...tiles.flatMap(({ x, y, width, height }, index) => [
              ...[`sink_${index}::xpos=${x}`, `sink_${index}::ypos=${y}`],
              ...[`sink_${index}::width=${width}`, `sink_${index}::height=${height}`],
              `sink_${index}::converter-config="GstVideoConverter,GstVideoConverter.resampler-method=(GstVideoResamplerMethod)linear"`,
            ]),
            '!',
            `video/x-raw,format=I420,width=${canvas.width},height=${canvas.height},framerate=${fps}/1`,
            ...['!', 'filesink', `location=${output}`],
            ...inputs.flatMap((pipe, index) => [...pictures(pipe, source), '!', `c.sink_${index}`]),
          ],
    task,
  );
