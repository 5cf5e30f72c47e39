import type { MixBus } from './bus.ts';
import { EncoderPool, type OpenEncoder } from './encoder-pool.ts';
import { type AudioFormat, frameSamples, ticksOf } from './format.ts';
import type { MixChannel } from './mix-channel.ts';

/** A packet of encoded sound. Shared between listeners: not to be changed. */
export interface AudioPacket {
  /** The encoded frame. */
  readonly data: Buffer;
  /**
   * Position of its first sample on the mix's clock: ticks × 960, at 48 kHz. These samples left their jitter buffers
   * about {@link ringDelaySamples} before that tick: what maps this to wall-clock time must subtract them.
   */
  readonly sampleIndex: number;
  /** Samples in it: 960 for each 20 ms of the listener's format. */
  readonly sampleCount: number;
}

/** Receives a listener's packet, within the tick that mixed its end. Must not throw. */
export type ReceivePacket = (packet: AudioPacket) => void;

interface Listener {
  readonly id: string;
  readonly receive: ReceivePacket;
  /** The encoder of their own mix-minus; undefined while they hear the full mix. */
  own: MixChannel | undefined;
  /** Whether they may be in the part of the full mix's packet that is past. */
  tainted: boolean;
}

/** Ticks an encoder is warmed with at least: a freshly opened one clicks. */
const preRollTicks = 2;

/**
 * All listeners of one format, and the encoders they need: one of the full mix for those who are not in it, one of their
 * own mix-minus for each who is. Their packets all begin in the same ticks, so that a listener may change encoders between
 * two of them; an encoder that is put to work within a packet is given what is past of it.
 */
export class Listeners {
  readonly format: AudioFormat;
  readonly #bus: MixBus;
  readonly #onError: (error: unknown) => void;
  readonly #pool: EncoderPool;
  readonly #listeners = new Map<string, Listener>();
  readonly #ticksPerPacket: number;
  #full: MixChannel | undefined;
  /** Ticks of the current packet that are past. */
  #past: number;
  /** Encoders that were wanted in this tick and not there. */
  #missing = 0;

  /**
   * @param tick - Number of the next tick.
   * @param bus - Where the mixes come from.
   */
  constructor(
    format: AudioFormat,
    tick: number,
    bus: MixBus,
    open: OpenEncoder,
    onError: (error: unknown) => void,
  ) {
    this.format = format;
    this.#bus = bus;
    this.#onError = onError;
    this.#pool = new EncoderPool(open, format, onError);
    this.#ticksPerPacket = ticksOf(format);
    this.#past = tick % this.#ticksPerPacket;
  }

  /** Encoders that are fed. */
  get encoderCount(): number {
    let count = this.#full ? 1 : 0;
    for (const listener of this.#listeners.values()) if (listener.own) count++;
    return count;
  }

  /** Whether the next tick begins a packet. */
  get isBetweenPackets(): boolean {
    return this.#past === 0;
  }

  /** Adds a listener, who hears the first packet that begins from now on. */
  add(id: string, receive: ReceivePacket): void {
    this.#listeners.set(id, { id, receive, own: undefined, tainted: !this.isBetweenPackets });
  }

  /** Removes a listener, who gets nothing from now on. */
  remove(id: string): void {
    const own = this.#listeners.get(id)?.own;
    this.#listeners.delete(id);
    if (own) this.#pool.release(own);
  }

  /** Opens encoders ahead: somebody is about to come. */
  prepare(): void {
    this.#pool.stock(1);
  }

  /**
   * Between packets, adds somebody who has heard another format until now, but only if there is an encoder that serves
   * them from this tick on.
   *
   * @param isMixed - Whether they are in the mix.
   */
  takeOver(id: string, receive: ReceivePacket, isMixed: boolean): boolean {
    const own = isMixed ? this.#acquire(id) : undefined;
    if (!isMixed) this.#full ??= this.#acquire(undefined);
    if (isMixed ? !own : !this.#full) return false;
    this.#listeners.set(id, { id, receive, own, tainted: false });
    return true;
  }

  /**
   * Lets those back to the full mix who have left it, between packets: until then their own one is the same. Where nobody
   * else hears the full mix, the own encoder becomes that of the full mix: no switch at all.
   */
  returnToFull(mixed: ReadonlySet<string>): void {
    if (!this.isBetweenPackets) return;
    for (const listener of this.#listeners.values()) {
      listener.tainted = false;
      const { own } = listener;
      if (!own || mixed.has(listener.id)) continue;
      listener.own = undefined;
      if (this.#full) this.#pool.release(own);
      else this.#full = own;
    }
  }

  /**
   * Finds an own encoder for somebody who is about to be in the mix.
   *
   * @returns False if there is none, so that they have to wait.
   */
  separate(id: string, mixed: ReadonlySet<string>): boolean {
    const listener = this.#listeners.get(id);
    if (!listener || listener.own) return true;
    let others = false;
    for (const other of this.#listeners.values()) {
      if (other !== listener && !other.own && !mixed.has(other.id)) others = true;
    }
    if (!others && !listener.tainted && this.#full) {
      // The last to hear the full mix takes its encoder along.
      listener.own = this.#full;
      this.#full = undefined;
    } else {
      listener.own = this.#acquire(id);
    }
    return listener.own !== undefined;
  }

  /** Gives those who still lack an encoder one: listeners added lately, and the full mix once somebody hears it. */
  route(mixed: ReadonlySet<string>): void {
    let fullIsHeard = false;
    for (const listener of this.#listeners.values()) {
      if (listener.own) continue;
      if (!mixed.has(listener.id)) {
        fullIsHeard = true;
        continue;
      }
      listener.tainted = true;
      listener.own = this.#acquire(listener.id);
    }
    if (fullIsHeard) {
      this.#full ??= this.#acquire(undefined);
    } else if (this.#full) {
      this.#pool.release(this.#full);
      this.#full = undefined;
    }
  }

  /** Feeds the newest mix to all encoders, and hands out the packets that are full with it. */
  deliver(mixed: ReadonlySet<string>, sampleIndex: number): void {
    this.#past = (sampleIndex / frameSamples + 1) % this.#ticksPerPacket;
    const sampleCount = this.#ticksPerPacket * frameSamples;
    const first = sampleIndex + frameSamples - sampleCount;
    const full = this.#full && this.#feed(this.#full, undefined, 0);
    if (this.#full && full === undefined) this.#full = undefined;
    const fullPacket = full && { data: full, sampleIndex: first, sampleCount };
    for (const listener of this.#listeners.values()) {
      if (listener.own) {
        const data = this.#feed(listener.own, listener.id, 0);
        if (data) listener.receive({ data, sampleIndex: first, sampleCount });
        else if (data === undefined) listener.own = undefined;
      } else if (fullPacket && !listener.tainted && !mixed.has(listener.id)) {
        listener.receive(fullPacket);
      }
    }
  }

  /** To be called once per tick, after everything else: opens encoders ahead of need. */
  stock(): void {
    // Two ahead at the start, the full mix's and the first speaker's; without listeners there is nothing to encode.
    const idle = this.#listeners.size === 0 && this.#missing === 0;
    this.#pool.stock(idle ? 0 : this.#missing + 1);
    this.#missing = 0;
  }

  /** Frees everything. */
  close(): void {
    for (const id of [...this.#listeners.keys()]) this.remove(id);
    if (this.#full) this.#pool.release(this.#full);
    this.#full = undefined;
    this.#pool.close();
  }

  /** An idle encoder, warmed with the last frames of the mix it will carry on, and what is past of its packet. */
  #acquire(except: string | undefined): MixChannel | undefined {
    const channel = this.#pool.acquire();
    if (!channel) {
      this.#missing++;
      return undefined;
    }
    channel.restart();
    const packets = Math.ceil(preRollTicks / this.#ticksPerPacket);
    for (let age = packets * this.#ticksPerPacket + this.#past - 1; age >= 0; age--) {
      if (this.#feed(channel, except, age) === undefined) return undefined;
    }
    return channel;
  }

  /**
   * Limits and encodes a mix; null within a packet. An encoder that fails is closed, reported, and must not be used again:
   * undefined.
   */
  #feed(channel: MixChannel, except: string | undefined, age: number): Buffer | null | undefined {
    this.#bus.read(channel.part, except, age);
    try {
      return channel.commit();
    } catch (error) {
      channel.close();
      this.#missing++;
      this.#onError(error);
      return undefined;
    }
  }
}
