import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV_LOG_QUIET } from 'node-av/constants';
import { FFmpegError, getFFmpegInfo, Log } from 'node-av/lib';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import { openOpusEncoder, VideoEncoder } from '../../../mixer/encode/index.ts';
import { adopt, listSegments, RecordingSegment } from '../../../mixer/output/live/index.ts';
import { type Finding, missing, ok } from '../finding.ts';
import { decodedLuma, decodedRms } from './decoders.ts';

const size = { width: 320, height: 180 };
const fps = 25;
/** Bright and dark: what comes back must tell them apart. */
const lumas = [200, 60] as const;
const tolerance = 12;
const recordedPictures = 30;
const opusFrameSamples = 960;

const incomplete = 'Run npm ci: this node-av is not the one onegrid was made for.';

/** libav: it encodes and decodes what calls need, and writes a recording that plays. */
export async function run(): Promise<Finding[]> {
  Log.setLevel(AV_LOG_QUIET);
  return [
    ok('libav', `node-av loads, FFmpeg ${getFFmpegInfo().version}`),
    await attempt('H.264', 'encodes and decodes, constrained baseline', () => pictures('h264')),
    await attempt('VP8', 'encodes and decodes', () => pictures('vp8')),
    await attempt('Opus', 'encodes and decodes', sound),
    await attempt('recording', 'an MP4 of a second is written and read', recording),
  ];
}

/** @param work - throws, or gives a sentence, where it does not work */
async function attempt(
  check: string,
  good: string,
  work: () => Promise<string | null>,
): Promise<Finding> {
  try {
    const problem = await work();
    return problem === null ? ok(check, good) : missing(check, problem, incomplete);
  } catch (error) {
    const reason = error instanceof FFmpegError || error instanceof Error ? error.message : '';
    return missing(check, `does not work: ${reason}`, incomplete);
  }
}

async function encodePictures(codec: 'h264' | 'vp8', count: number): Promise<Buffer[]> {
  const canvas = new Canvas(size.width, size.height);
  const encoder = await VideoEncoder.open({ codec, ...size, fps, bitsPerSecond: 500_000 });
  const units: Buffer[] = [];
  try {
    for (let tick = 0; tick < count; tick += 1) {
      canvas.beginDrawing();
      canvas.fill({ x: 0, y: 0, ...size }, [lumas[tick % 2] ?? 0, 128, 128]);
      const unit = await encoder.encode(canvas.frame, tick, tick === 0);
      if (unit !== null) units.push(unit.data);
    }
  } finally {
    await encoder.close();
    canvas.close();
  }
  return units;
}

async function pictures(codec: 'h264' | 'vp8'): Promise<string | null> {
  const units = await encodePictures(codec, 2);
  if (codec === 'h264' && !isConstrainedBaseline(units[0])) {
    return 'is not of the constrained baseline profile, which is all that some browsers take';
  }
  const seen = await decodedLuma(codec, units);
  const isSame =
    seen.length === lumas.length &&
    lumas.every((luma, index) => Math.abs((seen[index] ?? 0) - luma) < tolerance);
  return isSame ? null : 'what is decoded is not what was encoded';
}

/** ITU-T H.264 §7.3.2.1.1: profile_idc 66 with constraint_set1_flag. */
function isConstrainedBaseline(keyframe: Buffer | undefined): boolean {
  const parameters = Buffer.from([0, 0, 1, 0x67, 66]);
  const at = keyframe?.indexOf(parameters) ?? -1;
  return at >= 0 && ((keyframe?.[at + parameters.length] ?? 0) & 0x40) !== 0;
}

async function sound(): Promise<string | null> {
  const encoder = await openOpusEncoder();
  const packets: Buffer[] = [];
  for (let frame = 0; frame < 5; frame += 1) {
    const samples = Float32Array.from(
      { length: opusFrameSamples },
      (_, index) =>
        0.5 * Math.sin((2 * Math.PI * 440 * (frame * opusFrameSamples + index)) / 48_000),
    );
    packets.push(encoder.encode(samples));
  }
  encoder.close();
  const rms = await decodedRms(packets);
  return rms > 0.2 && rms < 0.5 ? null : 'what is decoded is not what was encoded';
}

async function recording(): Promise<string | null> {
  const units = await encodePictures('h264', recordedPictures);
  const directory = await mkdtemp(join(tmpdir(), 'onegrid-doctor-'));
  try {
    const tracks = false;
    const options = { directory, segment: 0, joined: false, tracks, ...size, fps };
    const segment = await RecordingSegment.open(options);
    segment.connected();
    units.forEach((data, tick) => {
      segment.picture(data, tick === 0, (tick * 1000) / fps);
      segment.audio(0, Buffer.alloc((2 * 48_000) / fps), (tick * 1000) / fps);
    });
    const { error } = await segment.finish();
    if (error !== null) return 'it cannot be written';
    const [only] = await listSegments(directory);
    const made = only === undefined ? null : await adopt(directory, only);
    return (made?.durationSeconds ?? 0) > 1 ? null : 'what is written does not play';
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
