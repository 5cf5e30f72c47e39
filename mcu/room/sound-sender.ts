import { mediaTime, RedPacker, type RtpStream } from '../rtp/index.ts';
import { payloadTypes } from './downlink-sdp.ts';
import { RedPolicy } from './red-policy.ts';

/** Units a second of an Opus timestamp, whatever the sound is (RFC 7587 §4.1). */
export const audioClock = 48_000;

/** Opus packets of at most so many bytes say that silence goes on (RFC 6716 §2.1.9; RFC 7587 §3.1.3). */
const silentBytes = 2;

/**
 * Sends one receiver the sound that is shared by all: as it is, or with earlier frames (RED) while the receiver misses
 * packets. Both kinds of packets go in one stream, numbered and counted as one.
 *
 * Of a silence the first packet is sent and those that refresh it, one in 400 ms; for those in between a receiver makes
 * up what it has in mind of the silence.
 */
export class SoundSender {
  readonly #stream: RtpStream;
  readonly #packer: RedPacker | null;
  readonly #policy = new RedPolicy();
  #isAllowed = true;
  /** Whether the last frame was of silence, and whether it was left out. */
  #silence: 'none' | 'sent' | 'left out' = 'none';

  /**
   * @param stream - the receiver's audio stream; its payload type is set here
   * @param takesRed - whether the receiver's answer has RED
   */
  constructor(stream: RtpStream, takesRed: boolean) {
    this.#stream = stream;
    this.#packer = takesRed ? new RedPacker(payloadTypes.opus) : null;
  }

  /** Whether RED may be used: it doubles the sound, which the tightest links have no room for. */
  allowRed(isAllowed: boolean): void {
    this.#isAllowed = isAllowed;
  }

  /**
   * What the receiver missed of late; call it about once a second.
   * @param fraction - lost packets, from 0 to 1
   * @param nowMs - milliseconds of the room's clock
   */
  onLoss(fraction: number, nowMs: number): void {
    this.#policy.onLoss(fraction, nowMs);
  }

  /**
   * Sends one Opus frame, shared by receivers; `atMs`: the moment of the room it begins at.
   * @returns whether a packet has left: silence is left out
   */
  send(opus: Buffer, atMs: number): boolean {
    const isSilent = opus.length <= silentBytes;
    if (isSilent && this.#silence !== 'none') {
      this.#silence = 'left out';
      return false;
    }
    // The first packet after a gap is marked (RFC 3551 §4.1).
    const isFirst = this.#silence === 'left out';
    this.#silence = isSilent ? 'sent' : 'none';
    const timestamp = mediaTime(atMs, audioClock);
    const redundancy = this.#isAllowed ? this.#policy.redundancy : 0;
    const red = this.#packer?.next(opus, timestamp, redundancy) ?? null;
    this.#stream.payloadType = red === null ? payloadTypes.opus : payloadTypes.red;
    this.#stream.sendPacket(red ?? opus, timestamp, isFirst);
    return true;
  }
}
