import { LiveMuxer } from './live-muxer.ts';
import { samplesPerMs, soundPacket } from './program.ts';
import { SoundEncoder } from './sound-encoder.ts';
import { SoundLine } from './sound-line.ts';

/** Sound that comes before the file can be begun: so many packets of 20 ms. */
const waitingPackets = 500;

/**
 * One participant's sound, on the line of the recording: AAC in a fragmented MP4. Long silence is a gap in it, so that a
 * silent participant costs nothing; it is filled when the recording is finished.
 */
export class TrackFile {
  readonly path: string;
  #encoder: SoundEncoder | null = null;
  #line: SoundLine | null = null;
  #muxer: LiveMuxer | null = null;
  #startMs: number | null = null;
  #waiting: { readonly atMs: number; readonly data: Buffer }[] = [];
  #dirty = false;
  #wholeBytes = 0;
  #isClosed = false;

  /** @param path - The file appears there with the first sound, once it is opened and {@link TrackFile.begin} was called. */
  constructor(path: string) {
    this.path = path;
  }

  /** Opens the encoder; sound that comes in the meantime waits. To be called once. */
  async open(): Promise<void> {
    const encoder = await SoundEncoder.open((data, position) => {
      this.#write(encoder, data, position);
    }, true);
    if (this.#isClosed) {
      encoder.close();
      return;
    }
    this.#encoder = encoder;
    this.#line = new SoundLine(encoder);
    this.#catchUp();
  }

  /** Length of the file as of the last flush, in bytes: so much of it is whole. */
  get wholeBytes(): number {
    return this.#wholeBytes;
  }

  /** Says when position 0 is, in milliseconds. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#catchUp();
  }

  /** Takes sound, mono s16le. */
  audio(data: Buffer, atMs: number): void {
    if (this.#startMs === null || this.#line === null) {
      if (this.#waiting.length >= waitingPackets) this.#waiting.shift();
      this.#waiting.push({ atMs, data });
      return;
    }
    this.#line.push(Math.round((atMs - this.#startMs) * samplesPerMs), data);
  }

  /** Hands what there is to the system. */
  flush(): void {
    if (!this.#dirty || this.#muxer === null) return;
    this.#dirty = false;
    this.#wholeBytes = this.#muxer.flush();
  }

  /** Ends the file. */
  finish(): void {
    this.#encoder?.finish();
    if (this.#muxer !== null) this.#wholeBytes = this.#muxer.finish();
  }

  /** Frees everything; may be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#muxer?.close();
    this.#encoder?.close();
  }

  #catchUp(): void {
    if (this.#startMs === null || this.#line === null) return;
    for (const { atMs, data } of this.#waiting.splice(0)) this.audio(data, atMs);
  }

  #write(encoder: SoundEncoder, data: Buffer, position: number): void {
    this.#muxer ??= LiveMuxer.open(this.path, {
      format: 'mp4',
      streams: [{ kind: 'aac', codec: encoder.context }],
      options: { movflags: 'frag_custom+empty_moov+default_base_moof+skip_trailer' },
    });
    this.#dirty = true;
    this.#muxer.write(0, soundPacket(data, position));
  }
}
