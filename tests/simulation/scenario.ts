import { Call } from './call.ts';
import { Events, seededRandom } from './events.ts';
import { Link } from './link.ts';
import { sendReno } from './reno.ts';
import { RungSender, sendElastic } from './senders.ts';

/** A simulated path and who sends over it. */
export interface Scenario {
  readonly name: string;
  /** What it is, for a reader. */
  readonly about: string;
  readonly seconds: number;
  /** Bits per second by the second from which on. */
  readonly capacity: readonly (readonly [fromSecond: number, bitsPerSecond: number])[];
  /** `elastic`: what the estimate says; else the rung that is sent first. */
  readonly sender: 'elastic' | 'audio' | 'tiny' | 'low' | 'medium' | 'high';
  /** No rung above. */
  readonly mostRung?: string;
  /** Default 50. */
  readonly rttMs?: number;
  /** What the queue holds, milliseconds of the first capacity; default 500. */
  readonly queueMs?: number;
  readonly bucketBytes?: number;
  /** Share of packets lost, 0 to 1, by the second. */
  readonly loss?: readonly (readonly [fromSecond: number, share: number])[];
  readonly feedbackLoss?: readonly (readonly [fromSecond: number, share: number])[];
  readonly jitterMs?: number;
  readonly reorders?: boolean;
  /** Default 100. */
  readonly feedbackMs?: number;
  /** Others' traffic at a constant rate, bits per second, by the second. */
  readonly cross?: readonly (readonly [fromSecond: number, bitsPerSecond: number])[];
  /** A TCP download from one second to another. */
  readonly download?: readonly [fromSecond: number, toSecond: number];
  /** Default 300 000. */
  readonly startBitsPerSecond?: number;
  readonly seed?: number;
}

/** One row every 100 ms. */
export interface Sample {
  readonly second: number;
  /** What the link has left for us, bits per second. */
  readonly available: number;
  readonly estimate: number;
  readonly acknowledged: number;
  /** What arrived in these 100 ms, bits per second. */
  readonly delivered: number;
  /** The longest any packet stood in the queue in these 100 ms, milliseconds; null if none arrived. */
  readonly queuedMs: number | null;
  /** What the estimator says of it. */
  readonly queueMs: number;
  readonly lossFraction: number;
  readonly usage: string;
  readonly limitedBy: string;
  readonly rung: string;
}

/** What came of a scenario. */
export interface Outcome {
  readonly samples: readonly Sample[];
  readonly probes: RungSender['results'];
  readonly changes: RungSender['changes'];
}

const sampleMs = 100;

/** What holds at a second. */
export function valueAt(steps: readonly (readonly [number, number])[], second: number): number {
  return steps.findLast(([from]) => from <= second)?.[1] ?? 0;
}

/** Runs a scenario: the same one gives the same figures. */
export function simulate(scenario: Scenario): Outcome {
  const events = new Events();
  const random = seededRandom(scenario.seed ?? 1);
  const { capacity, loss, feedbackLoss, cross } = scenario;
  const delayMs = (scenario.rttMs ?? 50) / 2;
  const rate = (atMs: number): number => valueAt(capacity, atMs / 1000);
  const optional = <Key extends string, Value>(key: Key, value: Value | undefined) =>
    (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, Value>>;
  const shareOf = (steps: Scenario['loss']) =>
    steps === undefined ? undefined : (atMs: number) => valueAt(steps, atMs / 1000);
  const link = new Link(events, {
    ...{ rate, delayMs, random },
    queueBytes: Math.max(6000, ((scenario.queueMs ?? 500) * rate(0)) / 8000),
    ...optional('bucketBytes', scenario.bucketBytes),
    ...optional('jitterMs', scenario.jitterMs),
    ...optional('reorders', scenario.reorders),
    ...optional('loss', shareOf(loss)),
  });
  const call = new Call(events, link, {
    feedbackMs: scenario.feedbackMs ?? 100,
    returnDelayMs: delayMs,
    startBitsPerSecond: scenario.startBitsPerSecond ?? 300_000,
    random,
    ...optional('feedbackLoss', shareOf(feedbackLoss)),
  });
  if (cross !== undefined) sendCross(events, link, (second) => valueAt(cross, second));
  if (scenario.download !== undefined) {
    const [from, to] = scenario.download;
    sendReno(events, link, from * 1000, to * 1000, delayMs);
  }
  let rungSender: RungSender | null = null;
  if (scenario.sender === 'elastic') sendElastic(events, call);
  else rungSender = new RungSender(events, call, random, scenario.sender, scenario.mostRung);

  let [queuedMs, bytesArrived]: [number | null, number] = [null, 0];
  call.onArrival = (bytes, waitedMs) => {
    bytesArrived += bytes;
    queuedMs = Math.max(queuedMs ?? 0, waitedMs);
  };
  const samples: Sample[] = [];
  for (let atMs = sampleMs; atMs <= scenario.seconds * 1000; atMs += sampleMs) {
    events.run(atMs);
    const second = atMs / 1000;
    const { bitsPerSecond, acknowledgedBitsPerSecond, ...rest } = call.estimator.estimate;
    samples.push({
      second,
      available: rate(atMs - sampleMs) - valueAt(cross ?? [], second - sampleMs / 1000),
      estimate: bitsPerSecond,
      acknowledged: acknowledgedBitsPerSecond ?? 0,
      delivered: (bytesArrived * 8000) / sampleMs,
      ...{ queuedMs, queueMs: rest.queueMs, lossFraction: rest.lossFraction },
      ...{ usage: rest.usage, limitedBy: rest.limitedBy },
      rung: rungSender?.rung.name ?? '',
    });
    queuedMs = null;
    bytesArrived = 0;
  }
  return { samples, probes: rungSender?.results ?? [], changes: rungSender?.changes ?? [] };
}

/** Packets of 1000 bytes at the rate that holds. */
function sendCross(events: Events, link: Link, rateAt: (second: number) => number): void {
  const next = (): void => {
    const rate = rateAt(events.nowMs / 1000);
    if (rate > 0) link.send(1000, null);
    events.after(rate > 0 ? 8_000_000 / rate : 10, next);
  };
  next();
}
