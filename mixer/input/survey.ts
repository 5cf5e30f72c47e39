import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEPENDENT,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  type AVMediaType,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants';
import { Codec, type FormatContext, Packet } from 'node-av/lib';
import { openContainer, readOnly, readPacket, timeOf } from './container.ts';
import { InputError } from './input-error.ts';
import { StreamMeter } from './stream-meter.ts';

/** The end of a file is looked for from so many seconds before where its header has it. */
const tailSeconds = 5;

/** As much sound before the first picture, in seconds, is left out. */
const mostLeadIn = 0.05;

/** The unit of the times of a container, in seconds. */
const microsecond = 1e-6;

/** A stream that can be decoded. */
export interface StreamSurvey {
  /** libav's number of it. */
  readonly index: number;
  /** By how many pictures decoding is ahead of showing; 0 for sound. */
  readonly videoDelay: number;
  /** Where it ends, in seconds of the file; Infinity for a still picture. */
  readonly endSeconds: number;
}

/** What a file has to offer. */
export interface Survey {
  /** libav's time, in seconds, at which the file begins: to be subtracted from the times of all streams. */
  readonly originSeconds: number;
  readonly video: StreamSurvey | null;
  readonly audio: StreamSurvey | null;
}

/**
 * Looks a file over: what is in it, and how long that really lasts, whatever the header says. Decodes nothing. Reads the
 * beginning and the last seconds, and everything (a millisecond for 400 packets) where a stream does not reach these.
 *
 * @throws InputError when there is neither picture nor sound in it.
 */
export async function surveyFile(path: string): Promise<Survey> {
  let container = await openContainer(path);
  try {
    const video = meterFor(container, AVMEDIA_TYPE_VIDEO);
    const audio = meterFor(container, AVMEDIA_TYPE_AUDIO);
    const meters = [video, audio].filter((meter) => meter !== null);
    if (meters.length === 0) {
      throw new InputError('not-media', path, 'has neither picture nor sound that can be decoded');
    }
    if (!measureBeginning(container, meters) && !measureTail(container, meters)) {
      // What failed to seek is somewhere; a new one is at the beginning.
      container.closeInputSync();
      container = await openContainer(path, true);
      measureRest(container, meters);
    }
    const originSeconds = originOf(video, audio);
    const isStill = audio === null && video?.packets === 1;
    const found = (meter: StreamMeter): StreamSurvey => ({
      index: meter.index,
      videoDelay: meter.videoDelay,
      endSeconds: isStill ? Infinity : Math.max(meter.endSeconds - originSeconds, 0),
    });
    return { originSeconds, video: video && found(video), audio: audio && found(audio) };
  } finally {
    container.closeInputSync();
  }
}

/**
 * Where the file begins: with the first of its streams. But muxers put what a codec needs to get going (7 ms of Opus, 21 of
 * AAC) before the first picture, and then every picture would come a little after the moment it was meant for: such a
 * bit of sound is left out.
 */
function originOf(video: StreamMeter | null, audio: StreamMeter | null): number {
  const pictures = video?.startSeconds ?? Infinity;
  const sound = audio?.startSeconds ?? Infinity;
  const first = pictures - sound <= mostLeadIn ? pictures : Math.min(pictures, sound);
  return Number.isFinite(first) ? first : 0;
}

/** The stream of a type that a player would choose. A cover is no video, nor is a piece of a picture (HEIC). */
function meterFor(container: FormatContext, type: AVMediaType): StreamMeter | null {
  const usable = container.streams.filter(
    ({ codecpar: { codecType, codecId }, disposition }) =>
      codecType === type &&
      (disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_DEPENDENT)) === 0 &&
      Codec.findDecoder(codecId) !== null,
  );
  const best = container.findBestStream(type);
  const stream = usable.find(({ index }) => index === best) ?? usable[0];
  return stream ? new StreamMeter(stream) : null;
}

/** Reads until it is clear whether there is more than one picture; returns whether that was all of the file. */
function measureBeginning(container: FormatContext, meters: readonly StreamMeter[]): boolean {
  return !measure(container, meters, () => meters.some(({ packets }) => packets > 1));
}

/** Reads the end of the file; returns whether all streams were seen there. */
function measureTail(container: FormatContext, meters: readonly StreamMeter[]): boolean {
  const start = timeOf(container.startTime) ?? 0;
  const duration = timeOf(container.duration) ?? 0;
  const tail = tailSeconds / microsecond;
  // Little, or nobody knows how much: all of it, then.
  if (duration < 2 * tail) {
    measureRest(container, meters);
    return true;
  }
  const target = BigInt(Math.round(start + duration - tail));
  if (container.seekFrameSync(-1, target, AVSEEK_FLAG_BACKWARD) < 0) return false;
  const before = meters.map(({ packets }) => packets);
  measureRest(container, meters);
  return meters.every(({ packets }, index) => packets > (before[index] ?? 0));
}

function measureRest(container: FormatContext, meters: readonly StreamMeter[]): void {
  measure(container, meters, () => false);
}

/** Measures packet by packet until that is enough; returns false when the file ended before. */
function measure(
  container: FormatContext,
  meters: readonly StreamMeter[],
  isEnough: () => boolean,
): boolean {
  readOnly(
    container,
    meters.map(({ index }) => index),
  );
  using packet = new Packet();
  packet.alloc();
  while (!isEnough()) {
    if (!readPacket(container, packet)) return false;
    meters.find(({ index }) => index === packet.streamIndex)?.add(packet);
    packet.unref();
  }
  return true;
}
