// A relay of the tests' own that delays UDP, in a process of its own so that nothing else delays it. What comes to port
// `first + n` of `address` goes on to port `target + n` there, and answers go back; both wait their time, and order is kept.
// It says `ready` when it listens, and ends with its standard input.
import { createSocket } from 'node:dgram';

/**
 * @typedef {object} Options
 * @property {string} address - what it listens on and sends to
 * @property {number} first - first port of its own
 * @property {number} target - first port of the server
 * @property {number} ports - how many
 * @property {number} delayMs - mean delay of each direction
 * @property {number} jitterMs - the delay of each direction is drawn anew, evenly from so much below to so much above the mean
 * @property {number} everyMs - about that often
 * @property {number} ttl - hop limit of what goes back
 */
/** @type {Options} */
const options = JSON.parse(process.argv[2] ?? '{}');

/** One direction: what goes in comes out later, in order. */
class Line {
  #until = 0;
  #delayMs = options.delayMs;
  #lastMs = 0;
  /** @type {{ dueMs: number; send: () => void }[]} */
  #queue = [];

  /** @param {() => void} send */
  put(send) {
    const nowMs = performance.now();
    if (nowMs > this.#until) {
      this.#delayMs = options.delayMs + (2 * Math.random() - 1) * options.jitterMs;
      this.#until = nowMs + options.everyMs * (0.5 + Math.random());
    }
    const dueMs = Math.max(this.#lastMs, nowMs + this.#delayMs);
    this.#lastMs = dueMs;
    this.#queue.push({ dueMs, send });
    if (this.#queue.length === 1) this.#wait();
  }

  #wait() {
    const [next] = this.#queue;
    if (next === undefined) return;
    setTimeout(() => {
      // Timers are late by up to a millisecond or two, whose packets go now too.
      const nowMs = performance.now() + 0.5;
      while (this.#queue[0] !== undefined && this.#queue[0].dueMs <= nowMs) {
        this.#queue.shift()?.send();
      }
      this.#wait();
    }, next.dueMs - performance.now());
  }
}

const up = new Line();
const down = new Line();
const { address, first, target, ports, ttl } = options;
let listening = 0;
for (let number = 0; number < ports; number += 1) {
  /** By the client's address: the socket that stands for it before the server. */
  const clients = new Map();
  const front = createSocket('udp4');
  front.on('message', (message, { address: host, port }) => {
    const key = `${host}:${port}`;
    let back = clients.get(key);
    if (back === undefined) {
      back = createSocket('udp4');
      back.on('message', (/** @type {Buffer} */ answer) => {
        down.put(() => front.send(answer, port, host));
      });
      back.on('error', () => undefined);
      back.bind(0, address);
      clients.set(key, back);
    }
    up.put(() => back.send(message, target + number, address));
  });
  front.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  front.bind(first + number, address, () => {
    front.setTTL(ttl);
    listening += 1;
    if (listening === ports) console.log('ready');
  });
}
process.stdin.on('end', () => process.exit(0)).resume();
