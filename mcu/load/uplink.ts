import type { UplinkWish } from './messages.ts';
import { type DirectionContext, sumOf } from './direction.ts';
import { UplinkConnection } from './uplink-connection.ts';
import { nothingSent, type UplinkCounters } from './uplink-sender.ts';
import { wantedVideo } from './uplink-wish.ts';

/** Packet lengths before the server says what it wants, in milliseconds. */
const usualFrameMs = 20;

/** What one participant sends, over as many connections, one after the other, as it takes. */
export class Uplink {
  readonly #context: DirectionContext;
  #connection: UplinkConnection | null = null;
  #wish: UplinkWish | null = null;
  #frameMs = usualFrameMs;
  /** When the last picture went. */
  #sentMs: number | null = null;
  /** Of connections that are over. */
  #past: UplinkCounters = nothingSent;

  /** @param context - Whose it is. */
  constructor(context: DirectionContext) {
    this.#context = context;
  }

  /** What was sent, connections that are over included. */
  get counters(): UplinkCounters {
    return sumOf(this.#past, this.#connection?.counters ?? nothingSent);
  }

  /** Builds the connection, anew if there is one; for a listener none. */
  open(): void {
    this.close();
    const { options, engine, hooks, cname, signal, mayReconnect } = this.#context;
    if (options.sends === null) return;
    const { now, ntp, random, gaps } = engine;
    this.#connection = new UplinkConnection({
      cname: cname(),
      now,
      ntp,
      random,
      loss: options.loss.uplink,
      offer: (sdp) => {
        signal({ type: 'offer', pc: 'uplink', sdp });
      },
      candidate: (candidate) => {
        signal({ type: 'candidate', pc: 'uplink', candidate });
      },
      answered: (frameMs) => {
        if (frameMs === null || frameMs === this.#frameMs) return;
        this.#frameMs = frameMs;
        this.#play();
      },
      failed: () => {
        if (!mayReconnect()) return;
        signal({ type: 'reconnect', pc: 'uplink' });
        this.open();
      },
      frame: (index, dueMs, sentMs) => {
        if (this.#sentMs !== null) gaps.sent.add(sentMs - this.#sentMs);
        this.#sentMs = sentMs;
        hooks.sent?.(index, dueMs, sentMs);
      },
    });
    this.#play();
  }

  /**
   * Takes the server's answer.
   *
   * @throws Error when libdatachannel cannot use it
   */
  answer(sdp: string): void {
    this.#connection?.answer(sdp);
  }

  /** Takes a remote candidate. */
  addCandidate(candidate: { candidate: string; sdpMid?: string | null | undefined }): void {
    this.#connection?.addCandidate(candidate);
  }

  /** Sends what the server asks for from now on. */
  obey(wish: UplinkWish): void {
    this.#wish = wish;
    if (wish.audio?.ptime !== undefined) this.#frameMs = wish.audio.ptime;
    this.#play();
  }

  /** Sends what is due. */
  tick(nowMs: number): void {
    this.#connection?.tick(nowMs);
  }

  /** Ends the connection; may be called twice. */
  close(): void {
    this.#past = this.counters;
    this.#connection?.close();
    this.#connection = null;
    this.#sentMs = null;
  }

  /** Plays what is wanted now, as soon as it is encoded; until then what was played goes on. */
  #play(): void {
    const { options, engine } = this.#context;
    const { sends, size, fps } = options;
    const connection = this.#connection;
    if (sends === null || connection === null) return;
    const { library } = engine;
    const frameMs = this.#frameMs;
    const playing = library.sound(sends.sound, frameMs).then((clip) => {
      if (connection === this.#connection && frameMs === this.#frameMs) connection.playSound(clip);
    });
    playing.catch((error: unknown) => {
      this.#refuse(error);
    });
    if (sends.pictures === null) return;
    const wish = this.#wish;
    const wanted = wantedVideo(wish, { ...size, fps });
    if (wanted === null) {
      connection.playVideo(null);
      return;
    }
    library
      .video(sends.pictures, wanted)
      .then((clip) => {
        if (connection === this.#connection && wish === this.#wish) connection.playVideo(clip);
      })
      .catch((error: unknown) => {
        this.#refuse(error);
      });
  }

  #refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#context.refuse({ code: 'internal', message: `A clip could not be made: ${message}` });
  }
}
