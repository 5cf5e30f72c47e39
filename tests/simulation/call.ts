import { BandwidthEstimator, parseRtcp } from '../../mcu/rtp/index.ts';
import { ArrivalLog } from './arrival-log.ts';
import type { Events } from './events.ts';
import type { Link } from './link.ts';

/** What a receiver does. */
export interface CallOptions {
  /** Milliseconds between two feedbacks. */
  readonly feedbackMs: number;
  /** From the receiver to the sender, milliseconds. */
  readonly returnDelayMs: number;
  /** Share of the feedbacks that are lost, at a moment. */
  readonly feedbackLoss?: (atMs: number) => number;
  /** The first transport-wide number. */
  readonly firstNumber?: number;
  /** What the receiver's clock shows when the simulation begins. */
  readonly receiverClockMs?: number;
  readonly startBitsPerSecond: number;
  readonly random: () => number;
}

/** Packets with transport-wide numbers over a link, a receiver that tells of them as a browser does, and the estimator. */
export class Call {
  readonly estimator: BandwidthEstimator;
  /** Called for each packet that arrives, with the milliseconds it stood in the queue. */
  onArrival: (bytes: number, queuedMs: number) => void = () => undefined;
  readonly #events: Events;
  readonly #link: Link;
  readonly #arrivals = new ArrivalLog();
  readonly #options: CallOptions;
  #number: number;

  constructor(events: Events, link: Link, options: CallOptions) {
    this.#events = events;
    this.#link = link;
    this.#options = options;
    this.#number = options.firstNumber ?? 0xff00;
    this.estimator = new BandwidthEstimator({ startBitsPerSecond: options.startBitsPerSecond });
    this.#feedback();
    this.#tick();
  }

  /** Sends a packet. */
  send(bytes: number, probe: number | null = null): void {
    const number = this.#number;
    this.#number = (number + 1) & 0xffff;
    this.estimator.onSent(number, bytes, this.#events.nowMs, probe);
    this.#link.send(bytes, (queuedMs) => {
      const clockMs = this.#options.receiverClockMs ?? 5_000_000;
      this.#arrivals.add(number, clockMs + this.#events.nowMs);
      this.onArrival(bytes, queuedMs);
    });
  }

  #feedback(): void {
    const { feedbackMs, returnDelayMs, feedbackLoss, random } = this.#options;
    this.#events.after(feedbackMs, () => {
      this.#feedback();
      const packet = this.#arrivals.feedback();
      if (packet === null || random() < (feedbackLoss?.(this.#events.nowMs) ?? 0)) return;
      this.#events.after(returnDelayMs, () => {
        for (const parsed of parseRtcp(packet)) {
          if (parsed.type === 'transport-feedback') {
            this.estimator.onFeedback(parsed, this.#events.nowMs);
          }
        }
      });
    });
  }

  #tick(): void {
    this.#events.after(50, () => {
      this.estimator.onTime(this.#events.nowMs);
      this.#tick();
    });
  }
}
