import type { SentPackets } from './sent-packets.ts';

/** What is sent within less than this is a cluster, more a stretch. */
const clusterMs = 100;
/** Fewer packets say nothing. */
const fewestPackets = 3;
/** What is delivered so much slower than it was sent shows the capacity, and less than that is asked for (libwebrtc: probe_bitrate_estimator.cc). */
const unsaturated = 0.9;
const utilization = 0.95;
/**
 * Received faster than sent by more than this, a cluster was held up somewhere (libwebrtc: kMaxValidRatio); by fewer
 * milliseconds it was only not sent or not read at once, as on any busy machine.
 */
const mostRatio = 2;
const leastHeldUpMs = 10;
/** A delay that grows faster (milliseconds per millisecond) in a stretch shows the capacity. */
const growing = 0.05;

/** What a probe's packets showed. */
export interface ProbeMeasure {
  /** Bits per second; null if too little arrived. */
  readonly bitsPerSecond: number | null;
  /** Share of its packets that did not arrive, 0 to 1. */
  readonly lossFraction: number;
  /** Whether it lasted long enough to see past a token bucket. */
  readonly isStretch: boolean;
}

/**
 * Measures a probe. All packets between its first and its last one count, whether they are marked or not: media goes
 * on during a stretch, and the path takes both.
 *
 * A cluster shows the lesser of the rates of sending and of arrival. A token bucket lets it through at line rate, so it
 * may show far too much. A stretch is judged by its later half, when such a bucket is empty: what arrived of it, less
 * what its growing delay says is only queued.
 *
 * @param sent - The packets.
 * @param first - The probe's first packet, unwrapped.
 * @param last - Its last packet.
 * @returns What it showed.
 */
export function measureProbe(sent: SentPackets, first: number, last: number): ProbeMeasure {
  let [total, received] = [0, 0];
  for (let number = first; number <= last; number += 1) {
    if (!sent.isKnown(number)) continue;
    total += 1;
    if (sent.isReceived(number)) received += 1;
  }
  const lossFraction = total === 0 ? 1 : 1 - received / total;
  const spanMs = sent.sentMs(last) - sent.sentMs(first);
  const isStretch = spanMs >= clusterMs;
  const bitsPerSecond =
    received < fewestPackets
      ? null
      : isStretch
        ? stretch(sent, first, last)
        : cluster(sent, first, last);
  return { bitsPerSecond, lossFraction, isStretch };
}

function cluster(sent: SentPackets, first: number, last: number): number | null {
  let [bytes, lastSentBytes, firstArrivalBytes] = [0, 0, 0];
  let [firstSent, lastSent, firstArrival, lastArrival] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let number = first; number <= last; number += 1) {
    if (!sent.isReceived(number)) continue;
    const [sentMs, arrivalMs, size] = [
      sent.sentMs(number),
      sent.arrivalMs(number),
      sent.bytes(number),
    ];
    bytes += size;
    firstSent = Math.min(firstSent, sentMs);
    if (sentMs >= lastSent) [lastSent, lastSentBytes] = [sentMs, size];
    if (arrivalMs < firstArrival) [firstArrival, firstArrivalBytes] = [arrivalMs, size];
    lastArrival = Math.max(lastArrival, arrivalMs);
  }
  // Between the first and the last packet of n, n − 1 were sent, and n − 1 arrived.
  const [sendMs, receiveMs] = [lastSent - firstSent, lastArrival - firstArrival];
  const sendRate = ((bytes - lastSentBytes) * 8000) / Math.max(1, sendMs);
  const receiveRate = ((bytes - firstArrivalBytes) * 8000) / Math.max(1, receiveMs);
  if (receiveRate > mostRatio * sendRate && sendMs - receiveMs > leastHeldUpMs) return null;
  return receiveRate < unsaturated * sendRate
    ? utilization * receiveRate
    : Math.min(sendRate, receiveRate);
}

function stretch(sent: SentPackets, first: number, last: number): number | null {
  const lastMs = sent.sentMs(last);
  const fromMs = (sent.sentMs(first) + lastMs) / 2;
  const whole = slice(sent, first, last, -Infinity);
  const later = slice(sent, first, last, fromMs);
  if (whole === null) return null;
  const { rate, slope } = later ?? whole;
  return slope > growing ? (utilization * rate) / (1 + slope) : Math.min(rate, whole.rate);
}

/** The rate of sending of what arrived, and how its delay grew: a line laid through delay against sending. */
function slice(
  sent: SentPackets,
  first: number,
  last: number,
  fromMs: number,
): { readonly rate: number; readonly slope: number } | null {
  let [count, bytes, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0, 0];
  let firstSeen: number | null = null;
  let [originMs, endMs] = [0, 0];
  for (let number = first; number <= last; number += 1) {
    const sentMs = sent.sentMs(number);
    if (!sent.isKnown(number) || sentMs < fromMs) continue;
    if (firstSeen === null) {
      firstSeen = number;
      originMs = sentMs;
    }
    endMs = sentMs;
    if (!sent.isReceived(number)) continue;
    const x = sentMs - originMs;
    const y = sent.arrivalMs(number) - sentMs;
    count += 1;
    // Between the first and the last packet of n, n − 1 are sent.
    if (number !== firstSeen) bytes += sent.bytes(number);
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  if (count < fewestPackets || endMs <= originMs) return null;
  const spread = count * sumXX - sumX * sumX;
  const slope = spread > 0 ? (count * sumXY - sumX * sumY) / spread : 0;
  return { rate: (bytes * 8000) / (endMs - originMs), slope };
}
