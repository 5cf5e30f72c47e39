/**
 * The transport-wide sequence numbers of one receiver
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2): one counter shared by its video, audio
 * and RTX, so that every packet on the wire has a number of its own.
 */
export class TransportSequence {
  /** Id of the header extension in the SDP, 1 to 14; null where the receiver did not negotiate it. */
  readonly extensionId: number | null;
  #next: number;
  #last: number | null = null;

  /**
   * @param extensionId - Id of the header extension, or null for packets without it.
   * @param first - The first number, 16 bits.
   * @throws TypeError when `extensionId` is not an integer from 1 to 14.
   */
  constructor(extensionId: number | null, first = 0) {
    if (
      extensionId !== null &&
      !(Number.isInteger(extensionId) && extensionId >= 1 && extensionId <= 14)
    ) {
      throw new TypeError('extensionId must be null or an integer from 1 to 14.');
    }
    this.extensionId = extensionId;
    this.#next = first & 0xffff;
  }

  /**
   * Draws the number of the packet that is sent next.
   *
   * @returns 16 bits, one more than the last; null where the extension was not negotiated.
   */
  next(): number | null {
    if (this.extensionId === null) return null;
    const number = this.#next;
    this.#next = (number + 1) & 0xffff;
    this.#last = number;
    return number;
  }

  /** The number drawn last; null where there is none. */
  get last(): number | null {
    return this.#last;
  }
}
