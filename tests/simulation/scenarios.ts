import type { Scenario } from './scenario.ts';

const kbit = 1000;

/** What is simulated for docs/bandwidth.md, and what the tests hold to their promises. */
export const scenarios = {
  steps: {
    name: 'rate steps',
    about: 'a link of 2500, 900, 300, 60 and again 2500 kbit/s, 30 s each; its queue holds 80 kB',
    seconds: 150,
    capacity: [
      [0, 2500 * kbit],
      [30, 900 * kbit],
      [60, 300 * kbit],
      [90, 60 * kbit],
      [120, 2500 * kbit],
    ],
    ...{ sender: 'elastic', queueMs: 250 },
  },
  bloat: {
    name: 'bufferbloat',
    about: 'a queue that holds 5 s; 1000, 500 and 1000 kbit/s',
    seconds: 90,
    capacity: [
      [0, 1000 * kbit],
      [30, 500 * kbit],
      [60, 1000 * kbit],
    ],
    ...{ sender: 'elastic', queueMs: 5000 },
  },
  cross: {
    name: 'competing traffic',
    about: 'others send 800 kbit/s over a link of 1500 kbit/s from 30 to 60 s, whatever happens',
    seconds: 90,
    capacity: [[0, 1500 * kbit]],
    cross: [
      [0, 0],
      [30, 800 * kbit],
      [60, 0],
    ],
    sender: 'elastic',
  },
  download: {
    name: 'a download beside it',
    about:
      'TCP over the same 2000 kbit/s from 30 to 70 s; the queue holds 300 ms, and TCP fills it',
    seconds: 100,
    capacity: [[0, 2000 * kbit]],
    download: [30, 70],
    ...{ sender: 'elastic', queueMs: 300 },
  },
  loss: {
    name: 'random loss',
    about: '1, 2 and 3 % of the packets are lost at random; 1000 kbit/s, from 60 s on 2000',
    seconds: 90,
    capacity: [
      [0, 1000 * kbit],
      [60, 2000 * kbit],
    ],
    loss: [
      [0, 0.01],
      [20, 0.02],
      [40, 0.03],
    ],
    sender: 'elastic',
  },
  heavyLoss: {
    name: 'heavy loss',
    about: '20 % are lost at random from 20 to 50 s; 1000 kbit/s',
    seconds: 80,
    capacity: [[0, 1000 * kbit]],
    loss: [
      [0, 0],
      [20, 0.2],
      [50, 0],
    ],
    sender: 'elastic',
  },
  shallow: {
    name: 'hardly any buffer',
    about: 'a queue that holds 20 ms of 1000 kbit/s; 300 kbit/s from 30 s on',
    seconds: 60,
    capacity: [
      [0, 1000 * kbit],
      [30, 300 * kbit],
    ],
    ...{ sender: 'elastic', queueMs: 20 },
  },
  bucket: {
    name: 'token bucket',
    about: 'a bucket of 15 kB; 1000 kbit/s, 300 from 30 s on',
    seconds: 60,
    capacity: [
      [0, 1000 * kbit],
      [30, 300 * kbit],
    ],
    ...{ sender: 'elastic', bucketBytes: 15_000 },
  },
  jitter: {
    name: 'jitter',
    about:
      'a round trip of 200 ms, and up to 100 ms more for each packet, out of order; 1000 kbit/s',
    seconds: 90,
    capacity: [[0, 1000 * kbit]],
    ...{ sender: 'elastic', rttMs: 200, jitterMs: 100, reorders: true },
  },
  far: {
    name: 'long round trip',
    about: 'a round trip of 200 ms, feedback every 250 ms, a fifth of it lost; 1000 and 400 kbit/s',
    seconds: 90,
    capacity: [
      [0, 1000 * kbit],
      [45, 400 * kbit],
    ],
    ...{ sender: 'elastic', rttMs: 200, feedbackMs: 250, feedbackLoss: [[0, 0.2]] },
  },
  rungs: {
    name: 'five rungs',
    about:
      'the steps of the first plot behind a token bucket of 10 kB, with a sender of five rungs that probes',
    seconds: 165,
    capacity: [
      [0, 2500 * kbit],
      [30, 900 * kbit],
      [60, 300 * kbit],
      [90, 60 * kbit],
      [120, 2500 * kbit],
    ],
    ...{ sender: 'high', queueMs: 250, bucketBytes: 10_000, startBitsPerSecond: 2000 * kbit },
  },
} as const satisfies Record<string, Scenario>;
