import { addressKey } from './address-key.ts';
import { TokenBucket } from './token-bucket.ts';

/** So many addresses are remembered; beyond that the ones unheard of for longest begin anew. */
const mostAddresses = 5000;

/** Holds each address to a rate of its own. */
export class AddressLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  /** In the order they were last heard of. */
  readonly #buckets = new Map<string, TokenBucket>();

  /**
   * @param perSecond - mean rate of one address
   * @param burst - so many at once, after a rest
   */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /**
   * Whether an address may go on now.
   * @param nowMs - monotonic milliseconds
   */
  take(address: string, nowMs: number): boolean {
    const key = addressKey(address);
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, this.#burst, nowMs);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > mostAddresses && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take(nowMs);
  }
}
