/** Packets held while one before them is missing; a power of two. */
const slots = 1024;
/** A picture that waits for a packet for so long is given up, in milliseconds: when libwebrtc asks for a keyframe. */
const patienceMs = 200;
/** Nobody asks for a keyframe more often than this, in milliseconds. */
const keyframeRequestMs = 500;

/** A packet of a picture. */
export interface FramePacket {
  /** Sequence number without wrap-arounds. */
  readonly number: number;
  /** RTP timestamp. */
  readonly timestamp: number;
  /** Whether it ends its picture. */
  readonly marker: boolean;
  /** Whether it begins a keyframe. */
  readonly keyframe: boolean;
  /** Payload bytes. */
  readonly bytes: number;
}

/** A picture all of whose packets have come, in order. Valid during the call that gives it. */
export interface ArrivedFrame {
  /** RTP timestamp. */
  timestamp: number;
  /** Whether decoding can start here. */
  keyframe: boolean;
  /** So many packets. */
  packets: number;
  /** Payload bytes. */
  bytes: number;
  /** When the first of its packets came, in milliseconds. */
  firstMs: number;
  /** When it was complete, in milliseconds. */
  completeMs: number;
}

interface Slot {
  number: number;
  timestamp: number;
  marker: boolean;
  keyframe: boolean;
  bytes: number;
  atMs: number;
}

/**
 * Tells complete pictures from a stream's packets as a decoder would need them: every packet up to the marker bit, in
 * order, beginning with a keyframe. Decodes nothing.
 */
export class FrameAssembler {
  readonly #slots: Slot[] = Array.from({ length: slots }, () => ({
    number: -1,
    timestamp: 0,
    marker: false,
    keyframe: false,
    bytes: 0,
    atMs: 0,
  }));
  readonly #emit: (frame: ArrivedFrame) => void;
  readonly #frame: ArrivedFrame = {
    timestamp: 0,
    keyframe: false,
    packets: 0,
    bytes: 0,
    firstMs: 0,
    completeMs: 0,
  };
  /** The packet that is to come next; null while there is no keyframe to begin with. */
  #next: number | null = null;
  #highest = -1;
  /** Since when something is missing; null while nothing is. */
  #waitingMs: number | null = null;
  /** Where the next keyframe begins, while something before it is missing. */
  #wayOut: number | null = null;
  #requestedMs = -Infinity;

  /** @param emit - Given each picture. */
  constructor(emit: (frame: ArrivedFrame) => void) {
    this.#emit = emit;
  }

  /**
   * Takes a packet, in any order.
   *
   * @param packet - The packet.
   * @param nowMs - Milliseconds, monotonic.
   */
  add(packet: FramePacket, nowMs: number): void {
    const { number } = packet;
    this.#highest = Math.max(this.#highest, number);
    if (this.#next === null) {
      this.#waitingMs ??= nowMs;
      if (packet.keyframe) this.#beginAt(number);
    }
    if (this.#next !== null && number < this.#next) return;
    if (this.#next !== null && number - this.#next >= slots) {
      this.#next = null;
      this.#wayOut = null;
      this.#waitingMs = nowMs;
    }
    this.#store(packet, nowMs);
    if (this.#next === null) return;
    if (packet.keyframe && number > this.#next) this.#wayOut ??= number;
    this.#advance(nowMs);
  }

  /**
   * Whether a keyframe has to be asked for; call it often.
   *
   * @param nowMs - Milliseconds, monotonic.
   */
  wantsKeyframe(nowMs: number): boolean {
    if (this.#waitingMs === null || nowMs - this.#waitingMs < patienceMs) return false;
    if (this.#next !== null && this.#wayOut !== null) {
      this.#beginAt(this.#wayOut);
      this.#advance(nowMs);
      return false;
    }
    if (nowMs - this.#requestedMs < keyframeRequestMs) return false;
    this.#requestedMs = nowMs;
    return true;
  }

  /** The number of the packet that is waited for: older ones are of no use. Null before the first keyframe. */
  get next(): number | null {
    return this.#next;
  }

  #beginAt(number: number): void {
    this.#next = number;
    this.#frame.packets = 0;
    this.#wayOut = null;
    this.#waitingMs = null;
  }

  #store({ number, timestamp, marker, keyframe, bytes }: FramePacket, nowMs: number): void {
    const slot = this.#slots[number & (slots - 1)];
    if (slot === undefined || slot.number === number) return;
    slot.number = number;
    slot.timestamp = timestamp;
    slot.marker = marker;
    slot.keyframe = keyframe;
    slot.bytes = bytes;
    slot.atMs = nowMs;
  }

  #advance(nowMs: number): void {
    let next = this.#next;
    if (next === null) return;
    const before = next;
    for (;;) {
      const slot: Slot | undefined = this.#slots[next & (slots - 1)];
      if (slot?.number !== next) break;
      this.#take(slot, nowMs);
      next += 1;
    }
    this.#next = next;
    if (this.#wayOut !== null && this.#wayOut < next) this.#wayOut = null;
    if (next > this.#highest) this.#waitingMs = null;
    else if (next !== before || this.#waitingMs === null) this.#waitingMs = nowMs;
  }

  #take(slot: Slot, nowMs: number): void {
    const frame = this.#frame;
    if (frame.packets === 0) {
      frame.timestamp = slot.timestamp;
      frame.keyframe = slot.keyframe;
      frame.bytes = 0;
      frame.firstMs = slot.atMs;
    }
    frame.packets += 1;
    frame.bytes += slot.bytes;
    frame.firstMs = Math.min(frame.firstMs, slot.atMs);
    if (!slot.marker) return;
    frame.completeMs = nowMs;
    this.#emit(frame);
    frame.packets = 0;
  }
}
