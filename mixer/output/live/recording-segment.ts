import { mkdirSync, truncateSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { parameterSetsOf } from './annex-b.ts';
import { Fuse } from './fuse.ts';
import { LiveMuxer, type LivePacket } from './live-muxer.ts';
import { pictureRate } from './picture-line.ts';
import { PlainMp4 } from './plain-mp4.ts';
import { Program } from './program.ts';
import {
  segmentName,
  segmentPlaceName,
  trackName,
  tracksName,
  writePlace,
} from './segment-files.ts';
import { TrackFile } from './track-file.ts';

/** A second of pictures between two fragments. */
const fragmentTicks = pictureRate;

/**
 * What the table at the end of a file takes for each picture and each frame of sound, at most: 16 bytes for the one, 4 for the
 * other, and 40 for each fragment, which has a second of sound.
 */
const tableBytesPerPacket = 20;
/** With less than this and the table's room free, a disk counts as full: so much may come in two seconds. */
const spareBytes = 2 * 1024 * 1024;

/** What a segment is made with. */
export interface SegmentOptions {
  /** Absolute, and there already. */
  readonly directory: string;
  readonly segment: number;
  readonly joined: boolean;
  /** Whether participants' sound is kept, too. */
  readonly tracks: boolean;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
}

/** How a segment ended. */
export interface SegmentEnd {
  readonly durationSeconds: number;
  readonly bytes: number;
  /** What failed while it was written; null where nothing did. */
  readonly error: unknown;
}

/**
 * Writes a segment of a recording: an MP4 in fragments of a second, each given to the system as soon as it is whole, which
 * becomes an ordinary one when it is finished. A disk that fails does not throw: the file is cut to what is whole, and
 * {@link RecordingSegment.isFull} says so.
 */
export class RecordingSegment {
  readonly #options: SegmentOptions;
  readonly #program: Program;
  /** By participant. */
  readonly #tracks = new Map<string, TrackFile>();
  readonly #opening = new Set<Promise<void>>();
  readonly #path: string;
  #speakers = new Map<number, string>();
  #muxer: LiveMuxer | null = null;
  #plain: Promise<PlainMp4> | null = null;
  #wholeBytes = 0;
  #packets = 0;
  #fragmentStart = 0;
  /** Of the last picture, in 1/90000 s. */
  #position = 0;
  readonly #fuse = new Fuse(() => {
    this.#keepWhole();
  });
  #full = false;
  #needsKeyframe = true;

  private constructor(options: SegmentOptions, program: Program) {
    this.#options = options;
    this.#program = program;
    this.#path = join(options.directory, segmentName(options.segment));
  }

  /** Makes ready; the file begins with the first picture. */
  static async open(options: SegmentOptions): Promise<RecordingSegment> {
    const hold: { segment?: RecordingSegment } = {};
    const program = await Program.open(options.fps, (stream, packet) => {
      hold.segment?.write(stream, packet);
    });
    hold.segment = new RecordingSegment(options, program);
    return hold.segment;
  }

  /** Whether nothing more can be written: the disk is full, or fails. */
  get isFull(): boolean {
    return this.#full || this.#fuse.isBlown;
  }

  /** The time of position 0, in milliseconds of the feed's clock; null before the first picture. */
  get startMs(): number | null {
    return this.#program.startMs;
  }

  /** Length so far. */
  get durationSeconds(): number {
    return this.#program.durationSeconds;
  }

  /** Bytes in the file so far. */
  get bytes(): number {
    return this.#wholeBytes;
  }

  /** A new connection: its first picture is a keyframe, and it numbers the speakers anew. */
  connected(): void {
    this.#needsKeyframe = true;
    this.#speakers = new Map();
  }

  /** From now on a number stands for a participant; `0` is the mix. */
  speaker(speaker: number, id: string): void {
    const { tracks, segment, directory } = this.#options;
    const name = trackName(segment, id);
    if (!tracks || speaker === 0 || name === null) return;
    this.#speakers.set(speaker, id);
    if (this.#tracks.has(id)) return;
    this.#fuse.attempt(() => {
      mkdirSync(join(directory, tracksName), { recursive: true });
    });
    const track = new TrackFile(join(directory, tracksName, name));
    this.#tracks.set(id, track);
    if (this.startMs !== null) track.begin(this.startMs);
    const opening = track.open().catch((error: unknown) => {
      this.#fuse.blow(error);
    });
    this.#opening.add(opening);
    void opening.finally(() => this.#opening.delete(opening));
  }

  /** Takes an access unit. */
  picture(data: Buffer, keyframe: boolean, atMs: number): void {
    if (this.isFull) return;
    if (this.#needsKeyframe) {
      if (!keyframe) return;
      this.#needsKeyframe = false;
    }
    this.#fuse.attempt(() => {
      const begins = this.#muxer === null;
      if (begins && !this.#begin(data, atMs)) return;
      this.#program.picture(data, keyframe, atMs);
      if (begins) for (const track of this.#tracks.values()) track.begin(atMs);
      if (this.#position - this.#fragmentStart >= fragmentTicks) this.#flush();
    });
  }

  /** Takes sound: of the mix (0) or of a participant. */
  audio(speaker: number, data: Buffer, atMs: number): void {
    if (this.isFull) return;
    this.#fuse.attempt(() => {
      if (speaker === 0) {
        this.#program.audio(data, atMs);
        return;
      }
      const track = this.#tracks.get(this.#speakers.get(speaker) ?? '');
      track?.audio(data, atMs);
    });
  }

  /** To be called once a second. `nowMs`: of the feed's clock. */
  async tick(nowMs: number): Promise<void> {
    if (this.isFull || this.#muxer === null) return;
    this.#fuse.attempt(() => {
      this.#program.tick(nowMs);
      // Without pictures there is sound.
      if (nowMs - this.#program.lastPictureMs > 1000) this.#flush();
      for (const track of this.#tracks.values()) track.flush();
    });
    // What cannot be read now is read in the end.
    await this.#plain?.then((plain) => plain.catchUp()).catch(() => undefined);
    // Where that cannot be said, writing tells.
    const disk = await statfs(this.#options.directory).catch(() => null);
    if (disk === null) return;
    const { bavail, bsize } = disk;
    if (bavail * bsize < spareBytes + this.#packets * tableBytesPerPacket) this.#full = true;
  }

  /** Ends the files. Can be called once; nothing may be handed in afterwards. */
  async finish(): Promise<SegmentEnd> {
    await Promise.all(this.#opening);
    if (this.#muxer !== null) {
      this.#fuse.attempt(() => {
        this.#program.finish();
        this.#flush();
        this.#muxer?.close();
      });
      await this.#makePlain();
      this.#fuse.attempt(() => {
        for (const track of this.#tracks.values()) track.finish();
      });
    }
    this.#close();
    return {
      durationSeconds: this.#program.startMs === null ? 0 : this.#program.durationSeconds,
      bytes: this.#wholeBytes,
      error: this.#fuse.error,
    };
  }

  /** Takes what belongs into the file: pictures (0) and sound (1). */
  write(stream: 0 | 1, packet: LivePacket): void {
    if (this.#fuse.isBlown) return;
    this.#muxer?.write(stream, packet);
    this.#packets += 1;
    if (stream === 0) this.#position = packet.position;
  }

  #begin(keyframe: Buffer, atMs: number): boolean {
    const parameterSets = parameterSetsOf(keyframe);
    if (parameterSets === null) {
      this.#needsKeyframe = true;
      return false;
    }
    const { width, height, directory, segment, joined } = this.#options;
    writePlace(directory, segmentPlaceName(segment), { startMs: atMs, joined });
    this.#muxer = LiveMuxer.open(this.#path, {
      format: 'mp4',
      streams: [
        { kind: 'h264', parameterSets, width, height },
        { kind: 'aac', codec: this.#program.soundCodec },
      ],
      // FFmpeg could make it an ordinary file itself (hybrid_fragmented), but keeps 64 bytes for each packet until then.
      // Without skip_trailer it keeps some for each fragment.
      options: { movflags: 'frag_custom+empty_moov+default_base_moof+skip_trailer' },
    });
    this.#plain = PlainMp4.open(this.#path);
    // Whoever makes an ordinary file of it is told.
    this.#plain.catch(() => undefined);
    return true;
  }

  #flush(): void {
    this.#fragmentStart = this.#position;
    if (this.#muxer !== null) this.#wholeBytes = this.#muxer.flush();
  }

  async #makePlain(): Promise<void> {
    try {
      const plain = await this.#plain;
      if (!this.#fuse.isBlown && plain !== null) this.#wholeBytes = await plain.finish();
    } catch (error) {
      this.#fuse.blow(error);
    } finally {
      await this.#plain?.then((plain) => plain.close()).catch(() => undefined);
    }
  }

  /** What is whole plays; the rest, written in part, is cut off. */
  #keepWhole(): void {
    this.#muxer?.close();
    const files: [string, number][] = [[this.#path, this.#wholeBytes]];
    for (const track of this.#tracks.values()) {
      track.close();
      files.push([track.path, track.wholeBytes]);
    }
    for (const [path, bytes] of files) {
      try {
        truncateSync(path, bytes);
      } catch {
        // It was never made, or the disk does not even do this; what reads it finds the end of what is whole.
      }
    }
  }

  #close(): void {
    this.#muxer?.close();
    this.#program.close();
    for (const track of this.#tracks.values()) track.close();
  }
}
