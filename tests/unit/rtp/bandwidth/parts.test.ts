import { describe, expect, it } from 'vitest';
import { AcknowledgedRate } from '../../../../mcu/rtp/bandwidth/acknowledged-rate.ts';
import { ArrivalClock } from '../../../../mcu/rtp/bandwidth/arrival-clock.ts';
import { ArrivalGroups } from '../../../../mcu/rtp/bandwidth/arrival-groups.ts';
import { DelayDetector } from '../../../../mcu/rtp/bandwidth/delay-detector.ts';
import { FeedbackTimeout } from '../../../../mcu/rtp/bandwidth/feedback-timeout.ts';
import { LossController } from '../../../../mcu/rtp/bandwidth/loss-controller.ts';
import { LossWindow } from '../../../../mcu/rtp/bandwidth/loss-window.ts';
import { QueueDelay } from '../../../../mcu/rtp/bandwidth/queue-delay.ts';
import { SentPackets } from '../../../../mcu/rtp/bandwidth/sent-packets.ts';
import { SentRate } from '../../../../mcu/rtp/bandwidth/sent-rate.ts';
import { Trendline } from '../../../../mcu/rtp/bandwidth/trendline.ts';
import { seededRandom } from '../../../simulation/events.ts';

describe('sent packets', () => {
  it('are found by their 16 bits across wrap-arounds, and forgotten after 4096', () => {
    const sent = new SentPackets();
    const numbers = Array.from({ length: 70_000 }, (_, at) =>
      sent.add((0xfff0 + at) & 0xffff, at, at)!,
    );
    expect(numbers.at(-1)! - numbers[0]!).toBe(69_999);
    const last = numbers.at(-1)!;
    expect(sent.unwrap(last & 0xffff)).toBe(last);
    expect(sent.unwrap((last - 100) & 0xffff)).toBe(last - 100);
    expect([sent.isInFlight(last - 4095), sent.isInFlight(last - 4096)]).toEqual([true, false]);
    expect(sent.sentMs(last - 7)).toBe(69_992);
    expect(sent.isInFlight(last + 1)).toBe(false);
  });

  it('that were skipped were never sent, nor is a number that goes back', () => {
    const sent = new SentPackets();
    const first = sent.add(10, 100, 0)!;
    for (let at = 1; at < 5000; at += 1) sent.add(10 + at, 100, at);
    const later = sent.add(10 + 5100, 100, 6000)!;
    expect(later - first).toBe(5100);
    expect([sent.isKnown(later - 1), sent.isKnown(later - 101)]).toEqual([false, true]);
    expect(sent.add(10 + 5100, 100, 6001)).toBeNull();
    expect(sent.add(10, 100, 6001)).toBeNull();
    expect(sent.bytesAfter(later - 101)).toBe(100);
  });
});

it('the clock of a receiver goes on where its 24 bits wrap, and jumps are told of', () => {
  const clock = new ArrivalClock();
  const wrapped = 2 ** 23 * 64;
  const first = clock.read((2 ** 23 - 1) * 64_000, 0);
  expect(first).toEqual({ ms: wrapped - 64, jumped: false });
  expect(clock.read(-(2 ** 23) * 64_000, 64)).toEqual({ ms: wrapped, jumped: false });
  expect(clock.read(-(2 ** 23) * 64_000, 2000).jumped).toBe(false);
  expect(clock.read(0, 2100).jumped).toBe(true);
});

describe('groups', () => {
  const closed = (packets: readonly (readonly [number, number])[]): [number, number][] => {
    const groups = new ArrivalGroups();
    return packets.flatMap(([sent, arrived]): [number, number][] =>
      groups.add(sent, arrived) ? [[groups.sentMs, groups.arrivalMs]] : [],
    );
  };

  it('are what was sent within 5 ms, or came out of a queue together', () => {
    expect(
      closed([
        [0, 20],
        [3, 24],
        [10, 30],
        [20, 40],
      ]),
    ).toEqual([
      [3, 24],
      [10, 30],
    ]);
    // Sent 10 ms apart, and released at once.
    expect(
      closed([
        [0, 60],
        [10, 61],
        [20, 62],
        [30, 90],
        [60, 110],
      ]),
    ).toEqual([
      [20, 62],
      [30, 90],
    ]);
  });

  it('pass over what was sent before them', () => {
    expect(
      closed([
        [10, 30],
        [2, 35],
        [30, 50],
      ]),
    ).toEqual([[10, 30]]);
  });
});

it('a line has the slope of the delay, in a second and with eight groups too', () => {
  for (const everyMs of [10, 60, 120]) {
    const line = new Trendline();
    let slope: number | null = null;
    for (let at = 0; at < 60; at += 1) slope = line.add(at * everyMs * 0.2, at * everyMs);
    expect(slope).toBeCloseTo(0.2, 2);
  }
  const few = new Trendline();
  for (let at = 0; at < 7; at += 1) expect(few.add(at, at * 10)).toBeNull();
  expect(few.add(7, 70)).not.toBeNull();
});

describe('the standing queue', () => {
  it('is not jitter, and what jitters for ten seconds is not a queue', () => {
    const random = seededRandom(3);
    const queue = new QueueDelay();
    let most = 0;
    for (let at = 0; at < 30_000; at += 20) {
      queue.add(1e6 + 100 * random(), at);
      if (at > 5000) most = Math.max(most, queue.standingMs);
    }
    expect(most).toBeLessThan(60);
  });

  it('is what every packet waits for, until it has stood for ten seconds', () => {
    const queue = new QueueDelay();
    for (let at = 0; at < 5000; at += 20) queue.add(50, at);
    for (let at = 5000; at < 13_000; at += 20) queue.add(250, at);
    expect(queue.standingMs).toBe(200);
    for (let at = 13_000; at < 16_000; at += 20) queue.add(250, at);
    expect(queue.standingMs).toBe(0);
  });
});

describe('the detector', () => {
  /** The milliseconds until it says over-use when a link takes so much of what is sent. */
  const detection = (everyMs: number, share: number): number | null => {
    const detector = new DelayDetector();
    let [sentMs, queueMs] = [0, 0];
    for (; sentMs < 5000; sentMs += everyMs) detector.add(sentMs, sentMs + 30);
    const from = sentMs;
    for (; sentMs < from + 3000; sentMs += everyMs) {
      queueMs += everyMs * (1 / share - 1);
      detector.add(sentMs, sentMs + 30 + queueMs);
      if (detector.usage === 'over') return sentMs - from;
    }
    return null;
  };

  it('sees over-use within half a second, and a slight one in time', () => {
    expect(detection(6, 0.5)).toBeLessThan(150);
    expect(detection(20, 0.7)).toBeLessThan(300);
    expect(detection(40, 0.5)).toBeLessThan(400);
    expect(detection(60, 0.3)).toBeLessThan(500);
    expect(detection(10, 0.9)).toBeLessThan(800);
    expect(detection(10, 1)).toBeNull();
  });

  it('sees that a queue empties', () => {
    const detector = new DelayDetector();
    for (let at = 0; at < 2000; at += 20) detector.add(at, at + 30);
    for (let at = 2000; at < 3000; at += 20) detector.add(at, at + 30 + (at - 2000) / 2);
    expect(detector.usage).toBe('over');
    for (let at = 3000; at < 3500; at += 20) detector.add(at, at + 530 - (at - 3000) / 2);
    expect(detector.usage).toBe('under');
  });

  it('takes 100 ms of jitter for what it is once it has seen it', () => {
    const random = seededRandom(5);
    for (const everyMs of [6, 20, 60]) {
      const detector = new DelayDetector();
      let alarms = 0;
      for (let at = 0; at < 60_000; at += everyMs) {
        detector.add(at, at + 100 + 100 * random());
        if (at > 10_000 && detector.usage === 'over') alarms += 1;
      }
      expect(alarms).toBe(0);
    }
  });
});

describe('the acknowledged rate', () => {
  it('is that of arrival, and of sending where packets were held up and let go', () => {
    const rate = new AcknowledgedRate();
    expect(rate.bitsPerSecond).toBeNull();
    for (let at = 0; at < 2000; at += 10) rate.add(at, at + 20, 500);
    expect(rate.bitsPerSecond).toBeCloseTo(400_000, -3);
    for (let at = 2000; at < 3000; at += 10) rate.add(at, 3000 + at / 100, 500);
    expect(rate.bitsPerSecond).toBeLessThan(420_000);
  });

  it('is the same in whatever order packets are told of', () => {
    const rate = new AcknowledgedRate();
    for (let at = 0; at < 2000; at += 40) {
      for (const later of [30, 0, 20, 10]) rate.add(at + later, at + later + 20, 500);
    }
    expect(rate.bitsPerSecond).toBeCloseTo(400_000, -3);
  });

  it('of a busy path is that of the last packets, be they three', () => {
    const rate = new AcknowledgedRate();
    for (let at = 0; at < 1000; at += 5) rate.add(at, at + 20, 1200);
    for (const arrived of [1180, 1340, 1500]) rate.add(1000, arrived, 1200);
    expect(rate.since(1180)).toBeCloseTo(60_000, -2);
  });
});

it('the sent rate is that of the last second, and of less after the first packet', () => {
  const rate = new SentRate();
  expect(rate.bitsPerSecond(0)).toBe(0);
  for (let at = 0; at < 300; at += 10) rate.add(500, at);
  expect(rate.bitsPerSecond(300)).toBeCloseTo(400_000, -4);
  for (let at = 300; at < 3000; at += 10) rate.add(250, at);
  expect(rate.bitsPerSecond(2999)).toBeCloseTo(200_000, -4);
  expect(rate.bitsPerSecond(3500)).toBeLessThan(110_000);
  expect(rate.bitsPerSecond(5000)).toBe(0);
});

it('losses are those of two seconds', () => {
  const window = new LossWindow();
  for (let at = 0; at < 1000; at += 10) window.addLost(at);
  for (let at = 1000; at < 2000; at += 10) window.addReceived(at, false);
  expect(window.fraction).toBe(0.5);
  window.forward(3500);
  expect([window.lost, window.fraction]).toEqual([0, 0]);
});

describe('the loss controller', () => {
  /** The estimates of a sender that follows it, 100 packets a second, feedback every 100 ms. */
  const follow = (lossAt: (second: number, rate: number) => number, seconds: number): number[] => {
    const random = seededRandom(7);
    const controller = new LossController();
    let rate = 1_000_000;
    return Array.from({ length: seconds * 10 }, (_, index) => {
      const nowMs = index * 100;
      const loss = lossAt(nowMs / 1000, rate);
      for (let packet = 0; packet < 10; packet += 1) {
        if (random() < loss) controller.addLost(nowMs - 50, nowMs);
        else controller.addReceived(nowMs - 50, nowMs, false);
      }
      rate = controller.update(rate, rate * (1 - loss), rate, nowMs, 50);
      return rate;
    });
  };

  it('does nothing about 2 or 5 %', () => {
    for (const loss of [0.02, 0.05]) expect(Math.min(...follow(() => loss, 60))).toBe(1_000_000);
  });

  it('lowers the rate at 20 %, and not for ever', () => {
    const rates = follow(() => 0.2, 60);
    expect(rates[30]).toBeLessThan(800_000);
    expect(rates.at(-1)).toBeGreaterThan(250_000);
  });

  it('lowers it to what a path without a buffer takes', () => {
    const rates = follow((_, rate) => Math.max(0, 1 - 400_000 / rate), 10);
    expect(rates.at(-1)).toBeLessThan(480_000);
    expect(rates.at(-1)).toBeGreaterThan(250_000);
  });
});

describe('the time-out', () => {
  it('lowers the rate every half second while packets are sent and nothing is heard', () => {
    const timeout = new FeedbackTimeout();
    timeout.onSent(0);
    timeout.onHeard('feedback');
    timeout.onSent(100);
    const rates = [600, 750, 800, 1300].map((nowMs) =>
      timeout.update(100_000, 1_000_000, 50, nowMs),
    );
    expect(rates).toEqual([100_000, 80_000, 100_000, 80_000]);
    expect(timeout.onHeard('feedback')).toBe(100_000);
    expect(timeout.update(100_000, 1_000_000, 50, 9000)).toBe(100_000);
  });

  it('has nothing to wait for where nothing is sent', () => {
    const timeout = new FeedbackTimeout();
    expect(timeout.update(100_000, null, null, 60_000)).toBe(100_000);
    timeout.onSent(60_000);
    expect(timeout.update(100_000, null, null, 62_000)).toBe(100_000);
    expect(timeout.update(100_000, null, null, 63_100)).toBe(80_000);
  });
});
