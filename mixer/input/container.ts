import { resolve } from 'node:path';
import {
  AV_LOG_PANIC,
  AV_NOPTS_VALUE,
  AVDISCARD_ALL,
  AVDISCARD_DEFAULT,
  AVERROR_EOF,
} from 'node-av/constants';
import { Dictionary, FormatContext, Log, type Packet, type Stream } from 'node-av/lib';
import { InputError } from './input-error.ts';

/**
 * What is opened: files that hold their media themselves. Not playlists and lists of files, which would lead to other
 * files, and nothing that takes any text for subtitles.
 */
const formats =
  'mov,matroska,ogg,avi,flv,asf,mpegts,mpeg,mxf,nut,ivf,dv,gif,apng,webp_anim,' +
  'image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,' +
  'wav,w64,aiff,au,caf,mp3,aac,flac,ac3,eac3,amr,wv,tta,ape';

/** Formats whose headers describe their streams. */
const selfDescribing = /^(mov|matroska),/;

/** So many failures to read one after the other are the end of a file. */
const mostFailures = 100;

/**
 * Opens a file and finds its streams. To be closed with `closeInputSync`.
 *
 * @param isKnown - That the file has been analysed before: what its header says is enough, if that describes the streams.
 * An analysis decodes some frames, 6 ms for H.264 of 1280x720.
 * @throws InputError
 */
export async function openContainer(path: string, isKnown = false): Promise<FormatContext> {
  // What libav has to say is said by InputError, or made up for.
  if (Log.getLevel() > AV_LOG_PANIC) Log.setLevel(AV_LOG_PANIC);
  const container = new FormatContext();
  container.allocContext();
  using options = Dictionary.fromObject({
    format_whitelist: formats,
    protocol_whitelist: 'file',
    // Or "100%20done.png" would be a pattern, for many files.
    pattern_type: 'none',
  });
  // With its protocol named, or a path such as "http:a.mp4" would have one of its own.
  if ((await container.openInput(`file:${resolve(path)}`, null, options)) < 0) {
    throw new InputError('not-media', path, 'is no media file, or is damaged beyond use');
  }
  if (isKnown && selfDescribing.test(container.iformat?.name ?? '')) return container;
  if ((await container.findStreamInfo()) < 0) {
    container.closeInputSync();
    throw new InputError('not-media', path, 'is damaged beyond use');
  }
  return container;
}

/** Has only some of the streams read. */
export function readOnly(container: FormatContext, indexes: readonly number[]): void {
  for (const stream of container.streams) {
    stream.discard = indexes.includes(stream.index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
}

/**
 * Reads the next packet, past what is damaged.
 *
 * @returns False at the end.
 */
export function readPacket(container: FormatContext, packet: Packet): boolean {
  for (let failures = 0; failures < mostFailures; failures += 1) {
    const read = container.readFrameSync(packet);
    if (read >= 0) return true;
    if (read === AVERROR_EOF) return false;
  }
  return false;
}

/** The length of a stream's unit of time, in seconds. */
export function tickOf({ timeBase }: Stream): number {
  return timeBase.num / timeBase.den;
}

/** A time of libav, or null where it has none. */
export function timeOf(time: bigint): number | null {
  return time === AV_NOPTS_VALUE ? null : Number(time);
}
