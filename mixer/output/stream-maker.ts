import type { CodecContext, Frame, Packet } from 'node-av/lib';
import { openAudioCodec, type FileAudioCodec } from './audio-codec.ts';
import { AudioTrack } from './audio-track.ts';
import { HlsWriter } from './hls-writer.ts';
import { Interleaver } from './interleaver.ts';
import type { Maker } from './maker.ts';
import { Muxer, type PacketWriter } from './muxer.ts';
import { OutputError } from './output-error.ts';
import type { OutputKind } from './output-kind.ts';
import type { Target } from './target.ts';
import { openVideoCodec, type FileVideoCodec, type VideoSettings } from './video-codec.ts';
import { VideoTrack } from './video-track.ts';

/** The kinds that are made of streams. */
export type StreamKind = Exclude<OutputKind, 'png'>;

/** What a kind of file is made of. */
interface StreamFormat {
  /** The name of the libav muxer. */
  readonly format: string;
  readonly video: FileVideoCodec | null;
  readonly audio: FileAudioCodec;
  readonly options: Readonly<Record<string, string>>;
}

const formats: Readonly<Record<StreamKind, StreamFormat>> = {
  // The table of contents comes first, so that it can be played while it loads.
  mp4: { format: 'mp4', video: 'h264', audio: 'aac', options: { movflags: 'faststart' } },
  mkv: { format: 'matroska', video: 'h264', audio: 'aac', options: {} },
  webm: { format: 'webm', video: 'vp9', audio: 'opus', options: {} },
  m3u8: { format: 'mpegts', video: 'h264', audio: 'aac', options: {} },
  wav: { format: 'wav', video: null, audio: 'pcm', options: {} },
};

/** Encodes pictures and sound in the background and writes them to a file, or to a playlist and its segments. */
export class StreamMaker implements Maker {
  readonly wantsVideo: boolean;
  readonly wantsAudio = true;
  readonly #video: VideoTrack | null;
  readonly #audio: AudioTrack;
  readonly #interleaver: Interleaver;
  readonly #writer: PacketWriter;
  readonly #audioStream: number;

  /**
   * @param video - Opened, or null for sound alone; taken over, as the others are.
   * @param writer - Given the video as stream 0 and the audio as the next.
   */
  constructor(video: CodecContext | null, audio: CodecContext, writer: PacketWriter) {
    const codecs = video === null ? [audio] : [video, audio];
    this.#interleaver = new Interleaver(
      codecs.map(({ timeBase }) => timeBase),
      (packet, stream) => writer.write(packet, stream),
    );
    const sinkOf = (stream: number) => (packet: Packet) => this.#interleaver.push(packet, stream);
    this.#audioStream = codecs.length - 1;
    this.#video = video && new VideoTrack(video, sinkOf(0));
    this.#audio = new AudioTrack(audio, sinkOf(this.#audioStream));
    this.#writer = writer;
    this.wantsVideo = video !== null;
  }

  /**
   * Opens the encoders and begins the file.
   *
   * @param target - What is at its temporary place is written to: a file, for HLS a folder.
   * @throws {@link OutputError} if an encoder refuses the settings; FFmpegError if the disk fails
   */
  static async open(
    kind: StreamKind,
    target: Target,
    settings: VideoSettings,
  ): Promise<StreamMaker> {
    const [video, audio] = await openCodecs(kind, target.name, settings);
    const codecs = video === null ? [audio] : [video, audio];
    try {
      const writer =
        kind === 'm3u8'
          ? await HlsWriter.open(target, codecs)
          : await Muxer.open({ ...formats[kind], path: target.temporary, codecs });
      return new StreamMaker(video, audio, writer);
    } catch (error) {
      for (const codec of codecs) codec.freeContext();
      throw error;
    }
  }

  async video(frame: Frame, index: number): Promise<void> {
    await this.#video?.push(frame, index);
  }

  audio(samples: Float32Array): Promise<void> {
    return this.#audio.push(samples);
  }

  async complete(): Promise<void> {
    if (this.#video) {
      await this.#video.finish();
      this.#interleaver.end(0);
    }
    await this.#audio.finish();
    this.#interleaver.end(this.#audioStream);
    await this.#writer.finish();
  }

  publish(target: Target): Promise<void> {
    return this.#writer.publish(target);
  }

  async close(reason: unknown): Promise<void> {
    await this.#video?.close(reason);
    await this.#audio.close(reason);
    this.#interleaver.clear();
    this.#writer.close();
  }
}

async function openCodecs(
  kind: StreamKind,
  name: string,
  settings: VideoSettings,
): Promise<[video: CodecContext | null, audio: CodecContext]> {
  const { video: videoCodec, audio: audioCodec } = formats[kind];
  // In a transport stream every keyframe brings the parameter sets.
  const globalHeader = kind !== 'm3u8';
  let video: CodecContext | null = null;
  try {
    video = videoCodec && (await openVideoCodec(videoCodec, settings, globalHeader));
    return [video, await openAudioCodec(audioCodec, globalHeader)];
  } catch (error) {
    video?.freeContext();
    const { width, height, bitrate, preset } = settings;
    const asked = `${width}x${height} at ${bitrate} bits a second${preset === undefined ? '' : `, preset ${preset}`}`;
    throw OutputError.unsupported(name, `its encoder refuses ${asked}`, { cause: error });
  }
}
