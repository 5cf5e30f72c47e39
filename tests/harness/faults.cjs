// Loaded into every process of a server (see faults.ts): on SIGUSR2 a process does to itself what the file named after it says.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** Things that nothing may collect. */
const kept = [];

const faults = {
  /** JavaScript that holds more and more and never lets the event loop turn: in large pieces, or it hangs before it is full. */
  heap() {
    for (;;) kept.push(new Array(1_000_000).fill(kept.length));
  },
  /** Native memory, more and more, while everything else goes on. */
  memory() {
    setInterval(() => kept.push(Buffer.alloc(32 * 2 ** 20, 1)), 20);
  },
  /** An event loop that stands still. */
  loop() {
    for (;;);
  },
  /** Native code that gives up. */
  abort() {
    process.abort();
  },
};

process.on('SIGUSR2', () => {
  const name = readFileSync(join(process.env.TEST_FAULTS, String(process.pid)), 'utf8');
  faults[name]();
});
