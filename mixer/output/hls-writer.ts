import type { CodecContext, Packet } from 'node-av/lib';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishHls, segmentStem } from './hls-publish.ts';
import { Muxer, type PacketWriter } from './muxer.ts';
import type { Target } from './target.ts';

/** Keyframes in a segment: they are two seconds apart. */
const keyframesPerSegment = 2;

/** What the playlist is called until it has its name. */
const playlistName = 'playlist';

/** A piece of the stream. */
interface Segment {
  readonly name: string;
  /** The number of its first picture. */
  readonly start: number;
}

/**
 * Writes a stream as a playlist for HTTP Live Streaming (RFC 8216) and MPEG-TS segments of four seconds, each of which begins with
 * a keyframe. (libav's own HLS muxer does not notice when the disk is full.)
 */
export class HlsWriter implements PacketWriter {
  readonly #folder: string;
  /** What the names of the segments begin with. */
  readonly #prefix: string;
  readonly #muxer: Muxer;
  /** Pictures a second. */
  readonly #fps: number;
  readonly #segments: Segment[];
  #keyframes = 0;
  /** Pictures so far. */
  #pictures = 0;

  private constructor(folder: string, prefix: string, muxer: Muxer, fps: number) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#muxer = muxer;
    this.#fps = fps;
    this.#segments = [{ name: segmentName(prefix, 0), start: 0 }];
  }

  /**
   * Opens the first segment.
   *
   * @param target - Of the playlist; its temporary place is a folder.
   * @param codecs - Video first, then audio.
   */
  static async open(target: Target, codecs: readonly CodecContext[]): Promise<HlsWriter> {
    const [video] = codecs;
    if (!video) throw new RangeError('HLS needs a video stream.');
    // The tag keeps them apart from those of an older playlist, which may be playing somewhere until it is replaced.
    const prefix = `${segmentStem(target.path)}-${target.tag}`;
    const muxer = await Muxer.open({
      format: 'mpegts',
      path: join(target.temporary, segmentName(prefix, 0)),
      codecs,
      // How long before its time a picture may come, in microseconds; what ffmpeg's command line sets.
      options: { max_delay: '700000' },
    });
    return new HlsWriter(
      target.temporary,
      prefix,
      muxer,
      video.framerate.num / video.framerate.den,
    );
  }

  write(packet: Packet, stream: number): void {
    if (stream === 0) {
      if (packet.isKeyframe) this.#onKeyframe();
      this.#pictures += 1;
    }
    this.#muxer.write(packet, stream);
  }

  async finish(): Promise<void> {
    await this.#muxer.finish();
    const durations = this.#segments.map(({ start }, index) => {
      const end = this.#segments[index + 1]?.start ?? this.#pictures;
      return (end - start) / this.#fps;
    });
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      `#EXT-X-TARGETDURATION:${Math.max(1, ...durations.map(Math.round))}`,
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      ...this.#segments.flatMap(({ name }, index) => [
        `#EXTINF:${durations[index]?.toFixed(6) ?? ''},`,
        name,
      ]),
      '#EXT-X-ENDLIST',
      '',
    ];
    await writeFile(join(this.#folder, playlistName), lines.join('\n'));
  }

  publish(target: Target): Promise<void> {
    const segments = this.#segments.map(({ name }) => name);
    return publishHls(target, this.#folder, playlistName, segments);
  }

  close(): void {
    this.#muxer.close();
  }

  #onKeyframe(): void {
    if (this.#keyframes > 0 && this.#keyframes % keyframesPerSegment === 0) {
      const name = segmentName(this.#prefix, this.#segments.length);
      this.#segments.push({ name, start: this.#pictures });
      this.#muxer.continueIn(join(this.#folder, name));
      // Each segment says for itself what is in it.
      this.#muxer.set('mpegts_flags', 'resend_headers');
    }
    this.#keyframes += 1;
  }
}

function segmentName(prefix: string, index: number): string {
  return `${prefix}-${String(index).padStart(5, '0')}.ts`;
}
