import { ActiveSpeaker } from './active-speaker.ts';
import { MixBus } from './bus.ts';
import type { OpenEncoder } from './encoder-pool.ts';
import { type AudioFormat, defaultAudioFormat, frameSamples, sampleRate } from './format.ts';
import { defaultGateSettings, type GateSettings } from './gate.ts';
import { Limiter } from './limiter.ts';
import { Listeners, type ReceivePacket } from './listeners.ts';
import { MixedSource, type AudioSource } from './source.ts';

/**
 * Receives 960 samples of the full mix, mono floats within [-1, 1], and the position of the first. The array is used
 * again: copy what is kept. Must not throw.
 */
export type ReceivePcm = (samples: Float32Array, sampleIndex: number) => void;

/**
 * Receives 960 samples of one source in the mix, mono floats, as they were added: not limited. The array is used again.
 * Must not throw.
 */
export type ReceiveVoice = (id: string, samples: Float32Array) => void;

/** What an {@link AudioMixer} is built from. */
export interface AudioMixerOptions {
  /** Opens an encoder; called ahead of need, never waited for. */
  readonly openEncoder: OpenEncoder;
  /** Told when an encoder could not be opened (it is tried again after a second) or failed (it is replaced). */
  readonly onError?: (error: unknown) => void;
  /** Differences from {@link defaultGateSettings}. */
  readonly gate?: Partial<GateSettings>;
}

/** A listener, and who of their format they are among. */
interface Seat {
  readonly receive: ReceivePacket;
  among: Listeners;
  /** Where they are to go as soon as there is an encoder for them. */
  next: Listeners | undefined;
}

/**
 * The audio bus: mixes every source with sound, and encodes one full mix for all who are not in it (one for each format
 * that is listened to) plus one mix-minus for each who is. Costs O(speakers) encoders, whatever the number of listeners.
 *
 * A source joins the mix in the tick in which its listener moves to an encoder of their own, and the listener moves
 * back in the tick in which it leaves; so nobody ever hears themselves. That encoder has been warmed with the last two
 * frames of what its listener heard, so the switch does not click. Packets longer than a tick are changed as a whole: see
 * {@link Listeners}.
 *
 * It has no clock: call {@link AudioMixer.tick} once per 20 ms.
 */
export class AudioMixer {
  readonly #gate: GateSettings;
  readonly #onError: (error: unknown) => void;
  readonly #openEncoder: OpenEncoder;
  readonly #bus = new MixBus();
  /** All sources to be rendered, those included that were removed and still fade. */
  readonly #sources: MixedSource[] = [];
  readonly #live = new Map<string, MixedSource>();
  readonly #seats = new Map<string, Seat>();
  /** By format. */
  readonly #listeners = new Map<string, Listeners>();
  readonly #taps = new Set<ReceivePcm>();
  readonly #voiceTaps = new Set<ReceiveVoice>();
  readonly #tapLimiter = new Limiter();
  readonly #tapFrame = new Float32Array(frameSamples);
  /** Ids of the sources in the mix. */
  readonly #mixed = new Set<string>();
  readonly #activeSpeaker = new ActiveSpeaker();
  #ticks = 0;
  #closed = false;

  constructor(options: AudioMixerOptions) {
    this.#gate = { ...defaultGateSettings, ...options.gate };
    this.#onError = options.onError ?? (() => undefined);
    this.#openEncoder = options.openEncoder;
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

  /** Encoders that are fed: one for the full mix in each format that anybody hears it in, one per speaker who listens. */
  get encoderCount(): number {
    let count = 0;
    for (const listeners of this.#listeners.values()) count += listeners.encoderCount;
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
   * @param receive - Gets one packet per packet length of the format, once an encoder is open.
   * @param format - {@link defaultAudioFormat} when omitted.
   * @throws Error when the id is in use or the mixer is closed.
   */
  addListener(id: string, receive: ReceivePacket, format: AudioFormat = defaultAudioFormat): void {
    this.#assertOpen();
    if (this.#seats.has(id)) throw new Error(`There is an audio listener "${id}" already.`);
    const among = this.#listenersOf(format);
    among.add(id, receive);
    this.#seats.set(id, { receive, among, next: undefined });
  }

  /**
   * Has a listener hear another format from a packet on that begins where one of theirs ends (120 ms away at most), as soon
   * as there is an encoder for it. An unknown id changes nothing.
   */
  setFormat(id: string, format: AudioFormat): void {
    const seat = this.#seats.get(id);
    if (!seat || this.#closed) return;
    const next = this.#listenersOf(format);
    seat.next = next === seat.among ? undefined : next;
    seat.next?.prepare();
  }

  /** Removes a listener, who gets nothing from now on. An unknown id changes nothing. */
  removeListener(id: string): void {
    this.#seats.get(id)?.among.remove(id);
    this.#seats.delete(id);
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

  /**
   * Gives what each source adds to the mix as PCM, for files of their own; a source that is not in the mix of a tick gives
   * nothing.
   *
   * @param receive - Called for each of them in every tick, ahead of the full mix's taps.
   * @returns Ends it; may be called twice.
   */
  tapVoices(receive: ReceiveVoice): () => void {
    this.#voiceTaps.add(receive);
    return () => {
      this.#voiceTaps.delete(receive);
    };
  }

  /** Mixes the next 20 ms and hands every listener their packet. Does nothing once the mixer is closed. */
  tick(): void {
    if (this.#closed) return;
    const sampleIndex = this.#ticks++ * frameSamples;
    this.#updateMembers();
    this.#changeFormats();
    for (const listeners of this.#listeners.values()) listeners.route(this.#mixed);
    this.#mix();
    this.#activeSpeaker.update((sampleIndex * 1000) / sampleRate, this.#sources);
    for (const listeners of this.#listeners.values()) listeners.deliver(this.#mixed, sampleIndex);
    this.#feedTaps(sampleIndex);
    for (const listeners of this.#listeners.values()) listeners.stock();
  }

  /** Frees everything. Packets stop at once, within a tick too. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const id of [...this.#live.keys()]) this.removeSource(id);
    for (const listeners of this.#listeners.values()) listeners.close();
    this.#seats.clear();
    this.#sources.length = 0;
    this.#mixed.clear();
    this.#taps.clear();
    this.#voiceTaps.clear();
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('The audio mixer is closed.');
  }

  #listenersOf(format: AudioFormat): Listeners {
    const key = `${format.frameMs} ${format.bitsPerSecond}`;
    let listeners = this.#listeners.get(key);
    if (!listeners) {
      listeners = new Listeners(format, this.#ticks, this.#bus, this.#openEncoder, this.#onError);
      this.#listeners.set(key, listeners);
    }
    return listeners;
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

    for (const listeners of this.#listeners.values()) listeners.returnToFull(this.#mixed);
    for (const source of joining) {
      const among = this.#seats.get(source.id)?.among;
      if (among && !among.separate(source.id, this.#mixed)) continue;
      source.inMix = true;
      this.#mixed.add(source.id);
    }
  }

  /** Lets listeners move to another format where both begin a packet: theirs go on without a gap. */
  #changeFormats(): void {
    for (const [id, seat] of this.#seats) {
      const { receive, among, next } = seat;
      if (!next?.isBetweenPackets || !among.isBetweenPackets) continue;
      if (!next.takeOver(id, receive, this.#mixed.has(id))) continue;
      among.remove(id);
      seat.among = next;
      seat.next = undefined;
    }
  }

  #mix(): void {
    this.#bus.begin();
    for (const source of this.#sources) {
      if (source.inMix) this.#bus.add(source);
      else source.pass();
    }
  }

  #feedTaps(sampleIndex: number): void {
    for (const receive of this.#voiceTaps) this.#bus.eachVoice(receive);
    if (this.#taps.size === 0) return;
    this.#bus.read(this.#tapFrame, undefined);
    this.#tapLimiter.process(this.#tapFrame);
    for (const receive of this.#taps) receive(this.#tapFrame, sampleIndex);
  }
}
