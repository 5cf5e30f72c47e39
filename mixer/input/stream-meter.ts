import { AV_PKT_DATA_SKIP_SAMPLES, AV_PKT_FLAG_DISCARD } from 'node-av/constants';
import type { Packet, Stream } from 'node-av/lib';
import { tickOf, timeOf } from './container.ts';

/** Finds out from packets where a stream begins and ends; times are libav's, in seconds. */
export class StreamMeter {
  readonly index: number;
  /** By how many pictures decoding is ahead of showing; 0 for sound. */
  readonly videoDelay: number;
  /** Packets that were seen. */
  packets = 0;
  readonly #tick: number;
  readonly #sampleRate: number;
  /** Ticks. */
  #start: number;
  #end = -Infinity;
  #last = -Infinity;
  #step = 0;
  /** How long packets are. */
  #usual = 0;

  constructor(stream: Stream) {
    const { index, codecpar, startTime } = stream;
    this.index = index;
    this.videoDelay = codecpar.videoDelay;
    this.#tick = tickOf(stream);
    this.#sampleRate = codecpar.sampleRate;
    this.#start = timeOf(startTime) ?? Infinity;
  }

  /** Where the stream begins according to its header, or else its first packet; Infinity when neither knows. */
  get startSeconds(): number {
    return this.#start * this.#tick;
  }

  /** Where the last of what was seen ends; -Infinity when nothing was seen. */
  get endSeconds(): number {
    return this.#end * this.#tick;
  }

  /** Takes a packet of the stream into account. */
  add(packet: Packet): void {
    this.packets += 1;
    const time = timeOf(packet.pts) ?? timeOf(packet.dts);
    // What is outside an edit list is decoded and not shown.
    if (time === null || (packet.flags & AV_PKT_FLAG_DISCARD) !== 0) return;
    if (this.#start === Infinity) this.#start = time;
    if (time > this.#last) {
      if (this.#last !== -Infinity) this.#step = time - this.#last;
      this.#last = time;
    }
    const duration = Number(packet.duration) || this.#step;
    if (time + duration > this.#end) {
      const kept = duration - this.#trimmed(packet, duration);
      // A packet that is all padding ends nothing.
      if (kept > 0) this.#end = Math.max(time + kept, this.#end);
    }
    this.#usual = duration;
  }

  /**
   * How much shorter a packet is than it says, in ticks: the decoder leaves out the padding at the end of the sound.
   * Some containers have it in the packet's duration already, which then is shorter than those before.
   */
  #trimmed(packet: Packet, duration: number): number {
    if (this.#sampleRate === 0) return 0;
    // Samples at the start, samples at the end, two bytes of reasons.
    const skipped = packet.getSideData(AV_PKT_DATA_SKIP_SAMPLES);
    if (skipped === null || skipped.length < 8) return 0;
    const padding = skipped.readUInt32LE(4) / this.#sampleRate / this.#tick;
    return Math.max(padding - Math.max(this.#usual - duration, 0), 0);
  }
}
