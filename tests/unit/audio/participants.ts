import { AudioMixer, type AudioFormat, type AudioSource } from '../../../mixer/audio/index.ts';
import type { AudioMixerOptions } from '../../../mixer/audio/index.ts';
import { joined, pcm16, type Signal } from './signals.ts';

/** An encoder that keeps what it was fed; its packets say who it is and which frame they are. */
export class FakeEncoder {
  readonly frames: Float32Array[] = [];
  closed = false;
  readonly #id: number;

  constructor(id: number) {
    this.#id = id;
  }

  encode(samples: Float32Array): Buffer {
    if (this.closed) throw new Error('encoder used after close');
    this.frames.push(samples.slice());
    const packet = Buffer.alloc(8);
    packet.writeUInt32BE(this.#id, 0);
    packet.writeUInt32BE(this.frames.length - 1, 4);
    return packet;
  }

  close(): void {
    this.closed = true;
  }
}

/** A packet, as a listener got it. */
export interface Heard {
  readonly tick: number;
  readonly sampleIndex: number;
  readonly encoder: number;
  /** How many frames this encoder had been fed since the listener last heard it, or ever. */
  readonly frame: number;
  readonly samples: Float32Array;
}

/** A mixer on a virtual clock with fake encoders, and people in it. */
export class Room {
  readonly encoders: FakeEncoder[] = [];
  readonly errors: unknown[] = [];
  readonly mixer: AudioMixer;
  readonly heard = new Map<string, Heard[]>();
  readonly #sources = new Map<string, { source: AudioSource; signal: Signal; pushed: number }>();
  ticks = 0;

  constructor(options: Partial<AudioMixerOptions> & { openAfter?: () => Promise<void> } = {}) {
    const { openAfter, ...rest } = options;
    this.mixer = new AudioMixer({
      openEncoder: async () => {
        await openAfter?.();
        const encoder = new FakeEncoder(this.encoders.length);
        this.encoders.push(encoder);
        return encoder;
      },
      onError: (error) => this.errors.push(error),
      ...rest,
    });
  }

  /** Somebody who talks and listens; a signal is indexed by the samples pushed. */
  join(id: string, signal: Signal = () => 0, format?: AudioFormat): void {
    this.talk(id, signal);
    this.listen(id, format);
  }

  talk(id: string, signal: Signal): void {
    this.#sources.set(id, { source: this.mixer.addSource(id), signal, pushed: 0 });
  }

  listen(id: string, format?: AudioFormat): void {
    const heard = this.heard.get(id) ?? [];
    this.heard.set(id, heard);
    this.mixer.addListener(
      id,
      ({ data, sampleIndex }) => {
        const encoder = data.readUInt32BE(0);
        const frame = data.readUInt32BE(4);
        const samples = this.encoders[encoder]!.frames[frame]!;
        heard.push({ tick: this.ticks, sampleIndex, encoder, frame, samples });
      },
      format,
    );
  }

  stopTalking(id: string): void {
    this.mixer.removeSource(id);
    this.#sources.delete(id);
  }

  stopListening(id: string): void {
    this.mixer.removeListener(id);
  }

  say(id: string, signal: Signal): void {
    this.#sources.get(id)!.signal = signal;
  }

  /** Two callbacks per source and a tick, `count` times. */
  async run(count: number): Promise<void> {
    for (let k = 0; k < count; k++) {
      for (const each of this.#sources.values()) {
        for (let block = 0; block < 2; block++) {
          each.source.push(pcm16(each.signal, each.pushed, 480), 48_000);
          each.pushed += 480;
        }
      }
      this.mixer.tick();
      this.ticks++;
      // Lets encoders finish opening.
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    }
  }

  last(id: string): Heard {
    return this.heard.get(id)!.at(-1)!;
  }

  /** All a listener was played, from the first packet on. */
  sound(id: string): Float32Array {
    const heard = this.heard.get(id)!;
    return joined(heard.map(({ samples }) => samples));
  }
}
