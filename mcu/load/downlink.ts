import { type DirectionContext, sumOf } from './direction.ts';
import { DownlinkConnection } from './downlink-connection.ts';
import { type DownlinkCounters, nothingReceived } from './downlink-receiver.ts';
import { ReceptionLog } from './reception-log.ts';

/** What was received, and how much of it there was to receive. */
export interface DownlinkTotals extends DownlinkCounters {
  /** Packets sent to us, resends left out. */
  expected: number;
  /** Those of them that came. */
  received: number;
}

const nothing: DownlinkTotals = { ...nothingReceived, expected: 0, received: 0 };

/** What one participant receives, over as many connections, one after the other, as it takes. */
export class Downlink {
  /** When pictures came. */
  readonly reception: ReceptionLog;
  readonly #context: DirectionContext;
  #connection: DownlinkConnection | null = null;
  #firstSoundMs: number | null = null;
  /** Of connections that are over. */
  #past = nothing;

  /** @param context - Whose it is. */
  constructor(context: DirectionContext) {
    this.#context = context;
    this.reception = new ReceptionLog(context.engine.gaps.received);
  }

  /** When the first complete picture came, or the first sound where no picture is wanted; null before. */
  get firstMs(): number | null {
    return this.#isListening ? this.#firstSoundMs : this.reception.firstMs;
  }

  /** What was received, connections that are over included. */
  get totals(): DownlinkTotals {
    const receiver = this.#connection?.receiver ?? null;
    if (receiver === null) return this.#past;
    const now = {
      ...receiver.counters,
      expected: receiver.expectedPackets,
      received: receiver.receivedPackets,
    };
    const audioBytes = Math.max(this.#past.audioBytes, now.audioBytes);
    return { ...sumOf(this.#past, now), audioBytes };
  }

  /**
   * Builds a connection for an offer, in the place of the one there was.
   *
   * @throws Error when libdatachannel cannot use the offer
   */
  open(offer: string, negotiation: number | undefined): void {
    this.close();
    const { options, engine, hooks, cname, signal, mayReconnect } = this.#context;
    const { packet: told } = hooks;
    this.#connection = new DownlinkConnection(offer, {
      cname: cname(),
      codec: options.codec,
      now: engine.now,
      random: engine.random,
      loss: options.loss.downlink,
      answer: (sdp) => {
        const numbered = negotiation === undefined ? {} : { negotiation };
        signal({ type: 'answer', pc: 'downlink', sdp, ...numbered });
      },
      candidate: (candidate) => {
        signal({ type: 'candidate', pc: 'downlink', candidate });
      },
      failed: () => {
        // A fresh offer comes.
        if (mayReconnect()) signal({ type: 'reconnect', pc: 'downlink' });
      },
      frame: (frame) => {
        this.reception.add(frame);
        hooks.frame?.(frame);
      },
      packet:
        told === undefined && !this.#isListening
          ? undefined
          : (kind, packet, atMs) => {
              if (kind === 'audio') this.#firstSoundMs ??= atMs;
              told?.(kind, packet, atMs);
            },
    });
  }

  /** Takes a remote candidate. */
  addCandidate(candidate: { candidate: string; sdpMid?: string | null | undefined }): void {
    this.#connection?.addCandidate(candidate);
  }

  /** Sends the RTCP that is due. */
  tick(nowMs: number): void {
    this.#connection?.tick(nowMs);
  }

  /** Ends the connection; may be called twice. */
  close(): void {
    this.#past = this.totals;
    this.#connection?.close();
    this.#connection = null;
  }

  get #isListening(): boolean {
    return this.#context.options.quality === 'audio';
  }
}
