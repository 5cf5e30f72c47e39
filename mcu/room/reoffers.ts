/** Wait before the first, the second, … offer after failures that came one after the other. */
const delaysMs = [0, 1000, 2000, 4000, 8000] as const;

/**
 * When a downlink is to be offered anew because its PeerConnection has failed: at once, and later each time that does
 * not help. On a busy machine libdatachannel can be through with ICE before it has stored the answer, and then refuses
 * the browser's certificate; there is nothing wrong with the network then.
 */
export class Reoffers {
  #failures = 0;
  #dueMs: number | null = null;

  /** The PeerConnection has failed. @param nowMs - milliseconds of the room's clock, as everywhere here */
  failed(nowMs: number): void {
    const delayMs = delaysMs[Math.min(this.#failures, delaysMs.length - 1)] ?? 0;
    this.#failures += 1;
    this.#dueMs = nowMs + delayMs;
  }

  /** There is another PeerConnection, whoever asked for it. */
  offered(): void {
    this.#dueMs = null;
  }

  /** The PeerConnection works. */
  worked(): void {
    this.#failures = 0;
  }

  /** Whether an offer is due. */
  isDue(nowMs: number): boolean {
    return this.#dueMs !== null && nowMs >= this.#dueMs;
  }
}
