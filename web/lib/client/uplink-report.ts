import type { PeerLike, Platform } from './platform.ts';
import type { UplinkDemand } from './video-encoding.ts';

/** How often the browser is asked, in milliseconds. */
const lookMs = 2000;
/** Its congestion control begins low, and finds out within a few seconds. */
const startMs = 4000;
/** The server forgets it after 10 s. */
const againMs = 6000;
/** A change by this part is worth telling. */
const notable = 0.2;
/** Around each packet: IPv4 20, UDP 8, RTP 12, extensions 8, SRTP tag 16 bytes. */
const headerBits = 8 * 64;

/** What is asked for takes about so much in all, in kbit/s. */
function needKbps({ bitrate, audio }: UplinkDemand): number {
  return (bitrate + audio.bitrate + (1000 / audio.ptime) * headerBits) / 1000;
}

/**
 * Tells the server what the browser's congestion control lets it send, while that is less than what is asked for; nothing
 * as long as there is room, and nothing where the browser does not say (Firefox).
 */
export class UplinkReport {
  readonly #peer: PeerLike;
  readonly #after: Platform['after'];
  readonly #tell: (kbps: number) => void;
  #demand: UplinkDemand;
  #told: { readonly kbps: number; readonly agoMs: number } | null = null;
  #cancel: () => void = () => undefined;
  #isOn = false;

  /** @param tell - gets kbit/s */
  constructor(
    peer: PeerLike,
    platform: Pick<Platform, 'after'>,
    demand: UplinkDemand,
    tell: (kbps: number) => void,
  ) {
    this.#peer = peer;
    this.#after = platform.after.bind(platform);
    this.#demand = demand;
    this.#tell = tell;
  }

  /** What is asked for from now on. */
  setDemand(demand: UplinkDemand): void {
    this.#demand = demand;
  }

  /** Whether there is a connection to be asked about. */
  setConnected(isConnected: boolean): void {
    if (isConnected === this.#isOn) return;
    this.#isOn = isConnected;
    this.#cancel();
    if (isConnected) this.#lookIn(startMs);
  }

  /** Tells nothing any more; may be called twice. */
  close(): void {
    this.setConnected(false);
  }

  #lookIn(ms: number): void {
    this.#cancel = this.#after(ms, () => {
      if (this.#told !== null) this.#told = { ...this.#told, agoMs: this.#told.agoMs + ms };
      void this.#look();
      this.#lookIn(lookMs);
    });
  }

  async #look(): Promise<void> {
    const available = await availableKbps(this.#peer);
    if (!this.#isOn || available === null) return;
    const isShort = available < needKbps(this.#demand);
    if (!isShort && this.#told === null) return;
    const isNews =
      this.#told === null ||
      !isShort ||
      this.#told.agoMs >= againMs ||
      Math.abs(available - this.#told.kbps) > notable * this.#told.kbps;
    if (!isNews) return;
    this.#told = isShort ? { kbps: available, agoMs: 0 } : null;
    this.#tell(available);
  }
}

/** The browser's estimate of the way up, in whole kbit/s; null where it has none. */
async function availableKbps(peer: PeerLike): Promise<number | null> {
  let bits: unknown;
  try {
    (await peer.getStats()).forEach((report) => {
      const { type, nominated, availableOutgoingBitrate } = report;
      if (type === 'candidate-pair' && nominated === true) bits ??= availableOutgoingBitrate;
    });
  } catch {
    // Closed meanwhile.
  }
  return typeof bits === 'number' ? Math.round(bits / 1000) : null;
}
