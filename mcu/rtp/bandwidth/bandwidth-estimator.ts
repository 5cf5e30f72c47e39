import type { TransportFeedback } from '../transport-feedback.ts';
import { AcknowledgedRate } from './acknowledged-rate.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { Bunches } from './bunches.ts';
import { DelayDetector } from './delay-detector.ts';
import type { Estimate, EstimatorOptions, ProbeResult, Usage } from './estimate.ts';
import { FeedbackTimeout } from './feedback-timeout.ts';
import { LossController } from './loss-controller.ts';
import { LossWindow } from './loss-window.ts';
import { Probes } from './probes.ts';
import { RateControl, type RateInputs } from './rate-control.ts';
import { ReportController } from './report-controller.ts';
import { SentPackets } from './sent-packets.ts';
import { SentRate } from './sent-rate.ts';

/** Without transport-wide feedback for so long, receiver reports count. */
const feedbackGoneMs = 5000;
/** A reason to be below what would else be asked for is told of for so long. */
const reasonMs = 3000;
/** Smoothing of the round trip (RFC 6298 §2). */
const rttGain = 1 / 8;
const assumedRttMs = 200;
/** A cluster raises the estimate at most to this many times what it or what arrived was: it may have come through a token bucket. */
const clusterReach = 2;
/** A probe that lost more shows nothing to rise to (libwebrtc: probe_bitrate_estimator.cc, kMinReceivedProbesRatio). */
const mostProbeLoss = 0.2;
/** So many packets of lost feedback are looked at. */
const mostUntold = 1024;
/** What has no number is added to what has one next, at most this; bytes. */
const mostUnnumbered = 16_384;
/** The least round trip is that of so long, or of twice as long. */
const baseRttMs = 5000;
/** Results that nobody took. */
const mostResults = 32;

/** Written in place: reading it costs nothing. */
interface MutableEstimate extends Estimate {
  bitsPerSecond: number;
  acknowledgedBitsPerSecond: number | null;
  lossFraction: number;
  rttMs: number | null;
  queueMs: number;
  usage: Usage;
  limitedBy: Estimate['limitedBy'];
}

/**
 * Estimates what the path to one receiver takes, from what the sender sends and the receiver tells: transport-wide
 * feedback, else receiver reports. Which rung is sent and when to probe is for others to say. It neither decays nor
 * grows without evidence: a sender far below what the path takes keeps the estimate, and raises it to at most 1.5 times
 * what arrives; a probe raises it to what the probe showed.
 *
 * No clock, no timer; 150 kB. Input may be hostile: whatever is fed, the estimate stays between its bounds.
 */
export class BandwidthEstimator {
  readonly #minimum: number;
  readonly #maximum: number;
  readonly #estimate: MutableEstimate;
  readonly #inputs: RateInputs;
  readonly #sent = new SentPackets();
  readonly #sentRate = new SentRate();
  readonly #clock = new ArrivalClock();
  readonly #delay = new DelayDetector();
  readonly #acknowledged = new AcknowledgedRate();
  readonly #bunches = new Bunches();
  readonly #rate = new RateControl();
  readonly #losses = new LossController();
  readonly #lossWindow = new LossWindow();
  readonly #reports = new ReportController();
  readonly #timeout = new FeedbackTimeout();
  readonly #probes = new Probes(this.#sent);
  #results: ProbeResult[] = [];
  #unnumberedBytes = 0;
  /** The highest number any feedback told of. */
  #reported: number | null = null;
  #feedbackMs = -Infinity;
  #feedbackCount: number | null = null;
  /** The least round trips of this half of the time and of the one before, and when this one began. */
  readonly #baseRtt = { now: Infinity, before: Infinity, sinceMs: -Infinity };

  /**
   * @param options - Where it begins, and its bounds.
   * @throws TypeError when a rate is not a positive number, or the minimum is above the maximum.
   */
  constructor(options: EstimatorOptions) {
    const { startBitsPerSecond: start } = options;
    const { minimumBitsPerSecond: minimum = 10_000, maximumBitsPerSecond: maximum = 20_000_000 } =
      options;
    for (const [name, value] of Object.entries({ start, minimum, maximum })) {
      if (!(value > 0 && value < Infinity)) {
        throw new TypeError(`${name}BitsPerSecond must be a positive number.`);
      }
    }
    if (minimum > maximum) {
      throw new TypeError('minimumBitsPerSecond must not be greater than maximumBitsPerSecond.');
    }
    this.#minimum = minimum;
    this.#maximum = maximum;
    this.#estimate = {
      bitsPerSecond: Math.min(maximum, Math.max(minimum, start)),
      acknowledgedBitsPerSecond: null,
      lossFraction: 0,
      rttMs: null,
      queueMs: 0,
      usage: 'normal',
      limitedBy: 'nothing',
    };
    this.#inputs = {
      ...{ nowMs: 0, usage: 'normal', isGrowing: false, acknowledged: null },
      ...{ sent: 0, queueMs: 0, bunched: 0, inFlight: 0, mayRise: true },
      ...{ rttMs: assumedRttMs, baseRttMs: assumedRttMs },
      busyRate: () => {
        const sinceMs = this.#delay.busySinceMs;
        return sinceMs === null ? null : this.#acknowledged.since(sinceMs);
      },
    };
  }

  /** The estimate; one object, written in place. */
  get estimate(): Readonly<Estimate> {
    return this.#estimate;
  }

  /**
   * Notes a packet that leaves; every packet, in order: video, sound, RTX, padding, RTCP.
   *
   * @param number - Transport-wide, 16 bits; null where not negotiated, and for RTCP.
   * @param wireBytes - With IP and UDP headers.
   * @param nowMs - Monotonic milliseconds.
   * @param probe - Names the probe it belongs to; null if none.
   */
  onSent(number: number | null, wireBytes: number, nowMs: number, probe: number | null): void {
    this.#sentRate.add(wireBytes, nowMs);
    this.#timeout.onSent(nowMs);
    let unwrapped: number | null = null;
    if (number !== null) {
      unwrapped = this.#sent.add(number, wireBytes + this.#unnumberedBytes, nowMs);
    }
    if (unwrapped === null) {
      this.#unnumberedBytes = Math.min(mostUnnumbered, this.#unnumberedBytes + wireBytes);
    } else {
      this.#unnumberedBytes = 0;
    }
    if (probe !== null) this.#probes.onSent(probe, unwrapped, nowMs);
  }

  /**
   * No more packets of a probe will be sent: it is measured as soon as the last one has been told of, and not only
   * after a silence.
   */
  onProbeEnd(probe: number): void {
    this.#probes.end(probe);
  }

  /**
   * Takes a transport-wide feedback. Packets it tells of for the second time, or that were never sent, are passed over.
   *
   * @param feedback - As parsed.
   * @param nowMs - Monotonic milliseconds.
   */
  onFeedback(feedback: TransportFeedback, nowMs: number): void {
    const base = this.#sent.unwrap(feedback.baseSequenceNumber);
    if (base === null) return;
    const { ms: referenceMs, jumped } = this.#clock.read(feedback.referenceTimeUs, nowMs);
    if (jumped) {
      this.#delay.reset();
      this.#acknowledged.reset();
    }
    const expected = this.#feedbackCount === null ? null : (this.#feedbackCount + 1) & 0xff;
    if (expected !== null && feedback.feedbackCount !== expected) {
      this.#skipUntold(base, referenceMs);
    }
    this.#feedbackCount = feedback.feedbackCount;
    const newest = this.#takeStatuses(feedback, base, referenceMs, nowMs);
    if (newest === null) return;
    this.#feedbackMs = nowMs;
    const before = this.#timeout.onHeard('feedback');
    this.#measureRtt(nowMs - this.#sent.sentMs(newest), nowMs);
    this.#control(before, nowMs);
    this.#takeProbes(nowMs);
    this.#publish(nowMs);
  }

  /**
   * Takes what a receiver report says; without effect while there is transport-wide feedback.
   *
   * @param fractionLost - 0 to 1.
   * @param rttMs - Round trip, milliseconds; null if the report does not tell it.
   * @param nowMs - Monotonic milliseconds.
   */
  onReceiverReport(fractionLost: number, rttMs: number | null, nowMs: number): void {
    if (nowMs - this.#feedbackMs < feedbackGoneMs) return;
    if (!(fractionLost >= 0 && fractionLost <= 1)) return;
    this.#timeout.onHeard('reports');
    const known = rttMs !== null && rttMs >= 0 && rttMs < Infinity ? rttMs : null;
    if (known !== null) this.#measureRtt(known, nowMs);
    const sent = this.#sentRate.bitsPerSecond(nowMs);
    const { bitsPerSecond } = this.#estimate;
    this.#set(this.#reports.update(bitsPerSecond, fractionLost, known, sent, nowMs));
    this.#estimate.acknowledgedBitsPerSecond = sent * (1 - fractionLost);
    this.#estimate.lossFraction = fractionLost;
    this.#estimate.queueMs = this.#reports.queueMs;
    this.#estimate.limitedBy = this.#reason(nowMs);
  }

  /**
   * Looks whether feedback is overdue. Call it every 20 to 100 ms.
   *
   * @param nowMs - Monotonic milliseconds.
   */
  onTime(nowMs: number): void {
    const { bitsPerSecond, acknowledgedBitsPerSecond, rttMs } = this.#estimate;
    this.#set(this.#timeout.update(bitsPerSecond, acknowledgedBitsPerSecond, rttMs, nowMs));
    this.#takeProbes(nowMs);
    this.#estimate.limitedBy = this.#reason(nowMs);
  }

  /**
   * Takes the results of the probes that were measured since the last call; a good one has raised the estimate already.
   *
   * @returns In the order in which the probes were sent; most often empty.
   */
  takeProbeResults(): readonly ProbeResult[] {
    if (this.#results.length === 0) return noResults;
    const results = this.#results;
    this.#results = [];
    return results;
  }

  /** Passes on what became of each packet; returns the newest that arrived, or null if the feedback says nothing new. */
  #takeStatuses(
    { statuses, deltasUs }: TransportFeedback,
    base: number,
    referenceMs: number,
    nowMs: number,
  ): number | null {
    const sent = this.#sent;
    let arrivalMs = referenceMs;
    let newest: number | null = null;
    for (let index = 0; index < statuses.length; index += 1) {
      const number = base + index;
      if (statuses[index] === 0) {
        if (!sent.isInFlight(number)) continue;
        sent.markLost(number);
        this.#losses.addLost(sent.sentMs(number), nowMs);
        this.#lossWindow.addLost(nowMs);
        continue;
      }
      arrivalMs += (deltasUs[index] ?? 0) / 1000;
      const wasLost = sent.isLost(number);
      if (!wasLost && !sent.isInFlight(number)) continue;
      sent.markReceived(number, arrivalMs);
      newest = number;
      const sentMs = sent.sentMs(number);
      this.#losses.addReceived(sentMs, nowMs, wasLost);
      this.#lossWindow.addReceived(nowMs, wasLost);
      this.#acknowledged.add(sentMs, arrivalMs, sent.bytes(number));
      this.#bunches.add(sentMs, arrivalMs, sent.bytes(number), nowMs);
      this.#delay.add(sentMs, arrivalMs);
    }
    if (newest !== null) this.#reported = Math.max(this.#reported ?? newest, newest);
    return newest;
  }

  /**
   * Feedback was lost: what it told of arrived, for all we know, when the packets after it did. Otherwise every lost
   * feedback would look like a sender that pauses.
   */
  #skipUntold(base: number, referenceMs: number): void {
    const sent = this.#sent;
    const from = this.#reported;
    if (from === null || !sent.isKnown(base)) return;
    const transitMs = referenceMs - sent.sentMs(base);
    for (let number = Math.max(from + 1, base - mostUntold); number < base; number += 1) {
      if (!sent.isInFlight(number)) continue;
      sent.markUntold(number);
      const sentMs = sent.sentMs(number);
      this.#acknowledged.add(sentMs, sentMs + transitMs, sent.bytes(number));
    }
  }

  #control(before: number | null, nowMs: number): void {
    const inputs = this.#inputs;
    const delay = this.#delay;
    inputs.nowMs = nowMs;
    inputs.usage = delay.usage;
    inputs.isGrowing = delay.isGrowing;
    inputs.acknowledged = this.#acknowledged.bitsPerSecond;
    inputs.sent = this.#sentRate.bitsPerSecond(nowMs, 500);
    inputs.queueMs = delay.queueMs;
    inputs.bunched = this.#bunches.shown(nowMs);
    inputs.rttMs = this.#estimate.rttMs ?? assumedRttMs;
    inputs.baseRttMs = Math.min(inputs.rttMs, this.#baseRtt.now, this.#baseRtt.before);
    inputs.inFlight = this.#reported === null ? 0 : this.#sent.bytesAfter(this.#reported) * 8;
    inputs.mayRise = this.#losses.mayRise(inputs.queueMs);
    let rate = this.#estimate.bitsPerSecond;
    if (before !== null) {
      // If only feedback was lost, the path is what it was.
      const isAsBefore = delay.usage === 'normal' && inputs.mayRise;
      if (isAsBefore) rate = Math.max(rate, before);
      else this.#rate.restart(nowMs);
      this.#losses.forgive(nowMs);
    }
    rate = this.#rate.update(rate, inputs);
    if (inputs.acknowledged !== null) {
      rate = this.#losses.update(rate, inputs.acknowledged, inputs.sent, nowMs, inputs.rttMs);
    }
    this.#set(rate);
  }

  #takeProbes(nowMs: number): void {
    const { rttMs, acknowledgedBitsPerSecond } = this.#estimate;
    for (const measured of this.#probes.takeMeasured(this.#reported, rttMs, nowMs)) {
      const { probe, bitsPerSecond, lossFraction, isStretch } = measured;
      this.#results.push({ probe, bitsPerSecond, lossFraction });
      if (this.#results.length > mostResults) this.#results.shift();
      if (bitsPerSecond === null || lossFraction > mostProbeLoss) continue;
      const known = Math.max(this.#estimate.bitsPerSecond, acknowledgedBitsPerSecond ?? 0);
      const shown = isStretch ? bitsPerSecond : Math.min(bitsPerSecond, clusterReach * known);
      if (shown <= this.#estimate.bitsPerSecond) continue;
      this.#rate.outgrow(shown);
      this.#set(shown);
    }
  }

  #publish(nowMs: number): void {
    const estimate = this.#estimate;
    this.#lossWindow.forward(nowMs);
    estimate.acknowledgedBitsPerSecond = this.#inputs.acknowledged;
    estimate.lossFraction = this.#lossWindow.fraction;
    estimate.queueMs = this.#inputs.queueMs;
    estimate.usage = this.#inputs.usage;
    estimate.limitedBy = this.#reason(nowMs);
  }

  #reason(nowMs: number): Estimate['limitedBy'] {
    const fromMs = nowMs - reasonMs;
    const lossMs = Math.max(
      this.#losses.loweredMs,
      this.#reports.reason === 'loss' ? this.#reports.loweredMs : -Infinity,
    );
    const delayMs = Math.max(
      this.#rate.loweredMs,
      this.#reports.reason === 'delay' ? this.#reports.loweredMs : -Infinity,
    );
    const timeoutMs = this.#timeout.loweredMs;
    const last = Math.max(lossMs, delayMs, timeoutMs);
    if (last < fromMs) return 'nothing';
    if (last === timeoutMs) return 'timeout';
    return last === delayMs ? 'delay' : 'loss';
  }

  #measureRtt(rttMs: number, nowMs: number): void {
    const base = this.#baseRtt;
    if (nowMs - base.sinceMs > baseRttMs) {
      base.before = base.now;
      base.now = rttMs;
      base.sinceMs = nowMs;
    }
    base.now = Math.min(base.now, rttMs);
    const smoothed = this.#estimate.rttMs ?? rttMs;
    this.#estimate.rttMs = Math.max(0, smoothed + (rttMs - smoothed) * rttGain);
  }

  #set(bitsPerSecond: number): void {
    this.#estimate.bitsPerSecond = Math.min(this.#maximum, Math.max(this.#minimum, bitsPerSecond));
  }
}

const noResults: readonly ProbeResult[] = [];
