import { connect, type Socket } from 'node:net';
import type { AccessUnit } from '../../mixer/encode/index.ts';
import type { Logger } from '../log.ts';
import { encodePacket, machineOffsetMs, type OutputPacket } from '../outputs/wire.ts';
import type { AudioOutput } from './audio-output.ts';
import type { VideoOutput } from './video-output.ts';

/**
 * What is sent waits so long for more: a hundred wake-ups a second on either side would cost as much as all the rest. A crash
 * loses it.
 */
const gatherMs = 200;

/** The output process listens a moment later, or another one does: until then connecting is tried again so often. */
const reconnectMs = 100;

/** What an {@link OutputFeed} needs. */
export interface OutputFeedOptions {
  /** The path the output process listens at. */
  readonly socket: string;
  /** Whether each participant's sound is wanted, too. */
  readonly tracks: boolean;
  readonly video: Pick<VideoOutput, 'record'>;
  readonly audio: Pick<AudioOutput, 'record'>;
  /** A participant's display name. */
  readonly nameOf: (id: string) => string;
  /** So many bytes may wait for an output process that does not read; more are left out. */
  readonly queueBytes: number;
  readonly log: Logger;
  /** Something was left out. */
  readonly dropped: (kind: 'video' | 'audio') => void;
}

/**
 * Passes what is encoded on to an output process, and never waits for it: what that does not take in time, or cannot yet
 * because it is just starting, is queued up to a limit, then left out until it reads again. Its pictures then go on with a
 * keyframe.
 */
export class OutputFeed {
  readonly #options: OutputFeedOptions;
  readonly #ends: (() => void)[] = [];
  readonly #offsetMs = machineOffsetMs();
  /** The numbers that voices have on this connection. */
  readonly #speakers = new Map<string, number>();
  /** Not handed to the socket yet. */
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  /** There while it is connected. */
  #socket: Socket | null = null;
  #reconnect: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #closed = false;
  /** Whether the pictures that come can be decoded: after a gap only from a keyframe on. */
  #inSequence = false;
  #overflowing = false;

  constructor(options: OutputFeedOptions) {
    this.#options = options;
    this.#connect();
    const { video, audio, tracks } = options;
    this.#ends.push(
      video.record((unit, atMs, scheduled) => {
        this.#sendPicture(unit, atMs, scheduled);
      }),
      audio.record(
        (samples, atMs) => {
          this.#sendSound(0, samples, atMs);
        },
        tracks
          ? (id, samples, atMs) => {
              this.#sendSound(this.#speakerOf(id), samples, atMs);
            }
          : undefined,
      ),
    );
  }

  /** What waits to be sent, bytes. */
  get waitingBytes(): number {
    return this.#queuedBytes + (this.#socket?.writableLength ?? 0);
  }

  /** Ends it, once what is queued is sent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#reconnect);
    for (const end of this.#ends.splice(0)) end();
    this.#flush();
    this.#socket?.end();
  }

  #connect(): void {
    const socket = connect({ path: this.#options.socket, allowHalfOpen: true });
    socket.on('connect', () => {
      this.#socket = socket;
      this.#flush();
      if (this.#closed) socket.end();
    });
    socket.on('error', (error) => {
      this.#options.log.debug({ err: error }, 'output process not reachable');
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#beginAnew();
      if (this.#closed) return;
      this.#reconnect = setTimeout(() => {
        this.#connect();
      }, reconnectMs);
    });
    socket.on('end', () => {
      if (this.#socket !== socket) return;
      // It is about to finish, and waits for what is queued.
      this.#flush();
      socket.end();
      this.#beginAnew();
    });
    // Nothing comes back but its end, and without this that would not be seen.
    socket.resume();
  }

  /** Whoever connects next knows nothing of what was sent before. */
  #beginAnew(): void {
    this.#socket = null;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#inSequence = false;
    this.#overflowing = false;
    this.#speakers.clear();
  }

  #sendPicture({ keyframe, data }: AccessUnit, atMs: number, scheduled: boolean): void {
    this.#inSequence ||= keyframe;
    if (!this.#inSequence) return;
    const sent = this.#send({
      ...{ kind: 'video', keyframe, scheduled, data },
      atMs: atMs + this.#offsetMs,
    });
    if (!sent) this.#inSequence = false;
  }

  #sendSound(speaker: number, samples: Float32Array, atMs: number): void {
    this.#send({
      kind: 'audio',
      speaker,
      atMs: atMs + this.#offsetMs,
      data: toInt16(samples),
    });
  }

  /** Numbers begin at 1: 0 is the full mix. */
  #speakerOf(id: string): number {
    const known = this.#speakers.get(id);
    if (known !== undefined) return known;
    const speaker = this.#speakers.size + 1;
    const sent = this.#send({ kind: 'speaker', speaker, id, name: this.#options.nameOf(id) });
    if (sent) this.#speakers.set(id, speaker);
    return speaker;
  }

  /** @returns whether it is on its way */
  #send(packet: OutputPacket): boolean {
    const { queueBytes, log, dropped } = this.#options;
    const waiting = this.waitingBytes;
    if (this.#overflowing ? waiting > queueBytes / 2 : waiting > queueBytes) {
      if (!this.#overflowing) log.warn({ waiting }, 'output process does not read');
      this.#overflowing = true;
      dropped(packet.kind === 'video' ? 'video' : 'audio');
      return false;
    }
    this.#overflowing = false;
    for (const part of encodePacket(packet)) {
      this.#queue.push(part);
      this.#queuedBytes += part.length;
    }
    this.#gathering ??= setTimeout(() => {
      this.#flush();
    }, gatherMs);
    return true;
  }

  /** Hands what is queued to the socket, if there is one. */
  #flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const socket = this.#socket;
    if (socket === null) return;
    socket.cork();
    for (const part of this.#queue) socket.write(part);
    socket.uncork();
    this.#queue = [];
    this.#queuedBytes = 0;
  }
}

/** Samples as whole numbers of 16 bits, little endian as every machine we run on. */
function toInt16(samples: Float32Array): Buffer {
  const whole = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    whole[i] = Math.max(-32_768, Math.min(32_767, Math.round((samples[i] ?? 0) * 32_768)));
  }
  return Buffer.from(whole.buffer);
}
