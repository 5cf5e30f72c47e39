import type { Packet } from 'node-av/lib';
import type { Fraction } from './frame-rate.ts';

/** What comes from one encoder. */
interface Lane {
  /** Seconds a tick of its times. */
  readonly tick: number;
  readonly packets: Packet[];
  ended: boolean;
}

/**
 * Brings the packets of several encoders into the order of their times, whenever they come: the file is the same however
 * fast the encoders were. (libav's own interleaving keeps some packets back, so that nobody knows which are in the file.)
 */
export class Interleaver {
  readonly #lanes: readonly Lane[];
  readonly #write: (packet: Packet, stream: number) => void;

  /**
   * @param timeBases - Of the streams' packets.
   * @param write - Given the packets in order; does not keep them.
   */
  constructor(timeBases: readonly Fraction[], write: (packet: Packet, stream: number) => void) {
    this.#lanes = timeBases.map(({ num, den }) => ({ tick: num / den, packets: [], ended: false }));
    this.#write = write;
  }

  /** Takes the next packet of a stream and frees it in the end. */
  push(packet: Packet, stream: number): void {
    this.#lanes[stream]?.packets.push(packet);
    this.#advance();
  }

  /** No more packets of a stream: the others need not wait for it. */
  end(stream: number): void {
    const lane = this.#lanes[stream];
    if (lane) lane.ended = true;
    this.#advance();
  }

  /** Frees what was not written. */
  clear(): void {
    for (const { packets } of this.#lanes) for (const packet of packets.splice(0)) packet.free();
  }

  /** Writes as long as it is known which packet is next. */
  #advance(): void {
    for (;;) {
      let next = -1;
      let time = Infinity;
      for (const [stream, { tick, packets, ended }] of this.#lanes.entries()) {
        const [packet] = packets;
        if (packet) {
          const seconds = Number(packet.dts) * tick;
          if (seconds < time) [next, time] = [stream, seconds];
        } else if (!ended) {
          return;
        }
      }
      const packet = this.#lanes[next]?.packets.shift();
      if (!packet) return;
      try {
        this.#write(packet, next);
      } finally {
        packet.free();
      }
    }
  }
}
