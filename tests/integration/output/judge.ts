import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTool } from '../../harness/find-tools.mjs';

const execute = promisify(execFile);

/** Runs one of the system's tools: what it prints, and what it complains about. */
async function run(tool: 'ffmpeg' | 'ffprobe', args: readonly string[]) {
  const path = findTool(tool);
  if (path === null) throw new Error(`There is no ${tool}.`);
  return execute(path, [...args], { encoding: 'buffer', maxBuffer: 1 << 28 });
}

/** One stream, as ffprobe describes it. */
export interface ProbedStream {
  readonly codec_type: 'video' | 'audio';
  readonly codec_name: string;
  readonly pix_fmt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly avg_frame_rate: string;
  readonly nb_read_frames?: string;
  readonly color_range?: string;
  readonly color_space?: string;
  readonly color_transfer?: string;
  readonly color_primaries?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
}

/** A file, as ffprobe describes it. */
export interface Probed {
  readonly video: ProbedStream | undefined;
  readonly audio: ProbedStream | undefined;
  /** Seconds. */
  readonly duration: number;
}

/** What is in a file; every frame is decoded and counted. */
export async function probe(path: string): Promise<Probed> {
  const shown = ['-count_frames', '-show_streams', '-show_format', '-of', 'json'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...shown, path]);
  const { streams, format } = JSON.parse(stdout.toString()) as {
    streams: ProbedStream[];
    format: { duration: string };
  };
  const of = (type: string) => streams.find(({ codec_type }) => codec_type === type);
  return { video: of('video'), audio: of('audio'), duration: Number(format.duration) };
}

/** What a decoder complains about. */
export async function complaints(path: string): Promise<string> {
  const strictly = ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-'];
  return (await run('ffmpeg', strictly)).stderr.toString();
}

/** All pictures, one after the other, in RGB by the file's own description of its colours. */
export async function rgb(path: string): Promise<Buffer> {
  const raw = ['-pix_fmt', 'rgb24', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'];
  return (await run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v', ...raw])).stdout;
}

/** The brightness of each picture in one place: Y, 16 to 235. */
export async function brightness(path: string): Promise<number[]> {
  const place = ['-vf', 'extractplanes=y,crop=2:2:160:90', '-fps_mode', 'passthrough'];
  const args = ['-v', 'error', '-i', path, '-map', '0:v', ...place, '-f', 'rawvideo', '-'];
  return [...(await run('ffmpeg', args)).stdout].filter((_, at) => at % 4 === 0);
}

/** The sound, mono at 48 kHz. */
export async function sound(path: string): Promise<Float32Array> {
  const args = ['-v', 'error', '-i', path, '-map', '0:a', '-ac', '1', '-ar', '48000'];
  const { stdout } = await run('ffmpeg', [...args, '-f', 'f32le', '-']);
  return new Float32Array(
    stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length),
  );
}

/** When each decoded frame of a stream is shown or heard, in seconds. */
export async function frameTimes(path: string, stream: 'v' | 'a'): Promise<number[]> {
  const shown = ['-select_streams', stream, '-show_entries', 'frame=pts_time', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...shown, path]);
  return stdout.toString().split('\n').filter(Boolean).map(Number.parseFloat);
}

/** When the keyframes come, in seconds. */
export async function keyframeTimes(path: string): Promise<number[]> {
  const shown = ['-select_streams', 'v', '-show_entries', 'packet=pts_time,flags'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...shown, '-of', 'csv=p=0', path]);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.includes('K'))
    .map(Number.parseFloat);
}

/** A checksum of every decoded frame and every block of sound, with its time. */
export async function checksums(path: string): Promise<string> {
  const args = ['-v', 'error', '-i', path, '-f', 'framemd5', '-'];
  return (await run('ffmpeg', args)).stdout.toString();
}
