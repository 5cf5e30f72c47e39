import { ActiveSpeaker } from './active-speaker.ts';
import { MixBus, busHistory } from './bus.ts';
import { EncoderPool, type MixChannel, type OpenEncoder } from './encoder-pool.ts';
import { frameSamples, sampleRate } from './format.ts';
import { defaultGateSettings, type GateSettings } from './gate.ts';
import { Limiter } from './limiter.ts';
import { MixedSource, type AudioSource } from './source.ts';

/** 20 ms of encoded sound. Shared between listeners: not to be changed. */
export interface AudioPacket {
  /** The encoded frame. */
  readonly data: Buffer;
  /**
   * Position of its first sample on the mix's clock: ticks × 960, at 48 kHz. These samples left their jitter buffers
   * about {@link ringDelaySamples} before that tick: what maps this to wall-clock time must subtract them.
   */
  readonly sampleIndex: number;
}

/** Receives a listener's packet, within the tick that mixed it. Must not throw. */
export type ReceivePacket = (packet: AudioPacket) => void;

/**
 * Receives 960 samples of the full mix, mono floats within [-1, 1], and the position of the first. The array is used
 * again: copy what is kept. Must not throw.
 */
export type ReceivePcm = (samples: Float32Array, sampleIndex: number) => void;

/** What an {@link AudioMixer} is built from. */
export interface AudioMixerOptions {
  /** Opens an encoder; called ahead of need, never waited for. */
  readonly openEncoder: OpenEncoder;
  /** Told when an encoder could not be opened (it is tried again after a second) or failed (it is replaced). */
  readonly onError?: (error: unknown) => void;
  /** Differences from {@link defaultGateSettings}. */
  readonly gate?: Partial<GateSettings>;
}

interface Listener {
  readonly id: string;
  readonly receive: ReceivePacket;
  /** The encoder of their own mix-minus; undefined while they hear the full mix. */
  own: MixChannel | undefined;
}

/**
 * The audio bus: mixes every source with sound, and encodes one full mix for all who are not in it plus one mix-minus
 * for each who is. Costs O(speakers) encoders, whatever the number of listeners.
 *
 * A source joins the mix in the tick in which its listener moves to an encoder of their own, and the listener moves
 * back in the tick in which it leaves; so nobody ever hears themselves. That encoder has been warmed with the last two
 * frames of what its listener heard, so the switch does not click.
 *
 * It has no clock: call {@link AudioMixer.tick} once per 20 ms.
 */
export class AudioMixer {
  readonly #gate: GateSettings;
  readonly #onError: (error: unknown) => void;
  readonly #pool: EncoderPool;
  readonly #bus = new MixBus();
  /** All sources to be rendered, those included that were removed and still fade. */
  readonly #sources: MixedSource[] = [];
  readonly #live = new Map<string, MixedSource>();
  readonly #listeners = new Map<string, Listener>();
  readonly #taps = new Set<ReceivePcm>();
  readonly #tapLimiter = new Limiter();
  readonly #tapFrame = new Float32Array(frameSamples);
  /** Ids of the sources in the mix. */
  readonly #mixed = new Set<string>();
  readonly #activeSpeaker = new ActiveSpeaker();
  #full: MixChannel | undefined;
  /** Encoders that were wanted in this tick and not there. */
  #missing = 0;
  #ticks = 0;
  #closed = false;

  constructor(options: AudioMixerOptions) {
    this.#gate = { ...defaultGateSettings, ...options.gate };
    this.#onError = options.onError ?? (() => undefined);
    this.#pool = new EncoderPool(options.openEncoder, this.#onError);
  }

  /** Ids whose sound is in the mix, whatever it is. */
  get mixed(): ReadonlySet<string> {
    return this.#mixed;
  }

  /** Ids of those who speak and are in the mix, loudest first. Music, tones and noise are heard, but do not speak. */
  get speakers(): string[] {
    const speaking = this.#sources.filter((source) => source.isSpeaking);
    return speaking.sort((a, b) => b.level - a.level).map((source) => source.id);
  }

  /** Whom a layout shows large: who speaks or spoke last, see {@link ActiveSpeaker}. Undefined when there is nobody. */
  get activeSpeaker(): string | undefined {
    return this.#activeSpeaker.id;
  }

  /** Encoders that are fed: one for the full mix if anybody hears it, one per speaker who listens. */
  get encoderCount(): number {
    let count = this.#full ? 1 : 0;
    for (const listener of this.#listeners.values()) if (listener.own) count++;
    return count;
  }

  /**
   * Adds somebody who may be heard.
   *
   * @param id - Not in use by another source. A listener of the same id hears everything but this source.
   * @returns Where to push the samples.
   * @throws Error when the id is in use or the mixer is closed.
   */
  addSource(id: string): AudioSource {
    this.#assertOpen();
    if (this.#live.has(id)) throw new Error(`There is an audio source "${id}" already.`);
    const source = new MixedSource(id, this.#gate);
    this.#live.set(id, source);
    this.#sources.push(source);
    return source;
  }

  /** Removes a source; if it is heard it fades out within the next tick. An unknown id changes nothing. */
  removeSource(id: string): void {
    this.#live.get(id)?.remove();
    this.#live.delete(id);
  }

  /**
   * Adds somebody who hears the mix, less the source of the same id.
   *
   * @param id - Not in use by another listener.
   * @param receive - Gets one packet per tick, once an encoder is open.
   * @throws Error when the id is in use or the mixer is closed.
   */
  addListener(id: string, receive: ReceivePacket): void {
    this.#assertOpen();
    if (this.#listeners.has(id)) throw new Error(`There is an audio listener "${id}" already.`);
    this.#listeners.set(id, { id, receive, own: undefined });
  }

  /** Removes a listener, who gets nothing from now on. An unknown id changes nothing. */
  removeListener(id: string): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    this.#listeners.delete(id);
    if (listener.own) this.#pool.release(listener.own);
    listener.own = undefined;
  }

  /**
   * Gives the full mix as PCM, for recorders and files. Needs no encoder.
   *
   * @param receive - Called in every tick.
   * @returns Ends it; may be called twice.
   */
  tapFullMix(receive: ReceivePcm): () => void {
    this.#taps.add(receive);
    return () => {
      this.#taps.delete(receive);
    };
  }

  /** Mixes the next 20 ms and hands every listener their packet. Does nothing once the mixer is closed. */
  tick(): void {
    if (this.#closed) return;
    const sampleIndex = this.#ticks++ * frameSamples;
    this.#missing = 0;
    this.#updateMembers();
    this.#routeListeners();
    this.#mix();
    this.#activeSpeaker.update((sampleIndex * 1000) / sampleRate, this.#sources);
    this.#deliver(sampleIndex);
    // Two ahead at the start, the full mix's and the first speaker's; without listeners there is nothing to encode.
    this.#pool.stock(this.#listeners.size === 0 ? 0 : this.#missing + 1);
  }

  /** Frees everything. Packets stop at once, within a tick too. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const id of [...this.#live.keys()]) this.removeSource(id);
    for (const id of [...this.#listeners.keys()]) this.removeListener(id);
    if (this.#full) this.#pool.release(this.#full);
    this.#full = undefined;
    this.#sources.length = 0;
    this.#mixed.clear();
    this.#taps.clear();
    this.#pool.close();
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('The audio mixer is closed.');
  }

  /** Lets sources leave and join the mix, their listeners changing encoders with them. */
  #updateMembers(): void {
    const joining: MixedSource[] = [];
    this.#mixed.clear();
    let kept = 0;
    for (const source of this.#sources) {
      const wanted = source.prepare();
      if (wanted && !source.inMix) joining.push(source);
      source.inMix &&= wanted;
      if (source.inMix) this.#mixed.add(source.id);
      if (!source.isGone) this.#sources[kept++] = source;
    }
    this.#sources.length = kept;

    for (const listener of this.#listeners.values()) {
      if (listener.own && !this.#mixed.has(listener.id)) this.#backToFull(listener, listener.own);
    }
    for (const source of joining) {
      const listener = this.#listeners.get(source.id);
      if (listener && !listener.own && !this.#leaveFull(listener)) continue;
      source.inMix = true;
      this.#mixed.add(source.id);
    }
  }

  /** Gives those who still lack an encoder one: listeners added lately, and the full mix once somebody hears it. */
  #routeListeners(): void {
    let fullIsHeard = false;
    for (const listener of this.#listeners.values()) {
      if (!this.#mixed.has(listener.id)) fullIsHeard = true;
      else listener.own ??= this.#acquire(listener.id);
    }
    if (fullIsHeard) {
      this.#full ??= this.#acquire(undefined);
    } else if (this.#full) {
      this.#pool.release(this.#full);
      this.#full = undefined;
    }
  }

  /** Where nobody else hears the full mix, the listener's own encoder becomes that of the full mix: no switch at all. */
  #backToFull(listener: Listener, own: MixChannel): void {
    listener.own = undefined;
    if (this.#full) this.#pool.release(own);
    else this.#full = own;
  }

  /** Finds an own encoder for a listener of the full mix. The last of them takes that of the full mix along. */
  #leaveFull(listener: Listener): boolean {
    let others = false;
    for (const other of this.#listeners.values()) {
      if (other !== listener && !this.#mixed.has(other.id)) others = true;
    }
    if (!others && this.#full) {
      listener.own = this.#full;
      this.#full = undefined;
    } else {
      listener.own = this.#acquire(listener.id);
    }
    return listener.own !== undefined;
  }

  /** An idle encoder, warmed with the last frames of the mix it will carry on. */
  #acquire(except: string | undefined): MixChannel | undefined {
    const channel = this.#pool.acquire();
    if (!channel) {
      this.#missing++;
      return undefined;
    }
    channel.limiter.reset();
    for (let age = busHistory - 1; age >= 0; age--) {
      if (!this.#encode(channel, except, age)) return undefined;
    }
    return channel;
  }

  #mix(): void {
    this.#bus.begin();
    for (const source of this.#sources) {
      if (source.inMix) this.#bus.add(source);
      else source.skip();
    }
  }

  #deliver(sampleIndex: number): void {
    const full = this.#full && this.#encode(this.#full, undefined, 0);
    if (this.#full && !full) this.#full = undefined;
    const fullPacket = full && { data: full, sampleIndex };
    for (const listener of this.#listeners.values()) {
      if (listener.own) {
        const data = this.#encode(listener.own, listener.id, 0);
        if (data) listener.receive({ data, sampleIndex });
        else listener.own = undefined;
      } else if (fullPacket && !this.#mixed.has(listener.id)) {
        listener.receive(fullPacket);
      }
    }
    if (this.#taps.size === 0) return;
    this.#bus.read(this.#tapFrame, undefined);
    this.#tapLimiter.process(this.#tapFrame);
    for (const receive of this.#taps) receive(this.#tapFrame, sampleIndex);
  }

  /** Limits and encodes a mix. An encoder that fails is closed, reported, and must not be used again. */
  #encode(channel: MixChannel, except: string | undefined, age: number): Buffer | undefined {
    this.#bus.read(channel.frame, except, age);
    channel.limiter.process(channel.frame);
    try {
      return channel.encoder.encode(channel.frame);
    } catch (error) {
      channel.encoder.close();
      this.#missing++;
      this.#onError(error);
      return undefined;
    }
  }
}
