import { defineConfig } from 'vitest/config';
import { smallCalls } from './tests/harness/small-calls.ts';
import { patienceMs } from './tests/harness/until.ts';

/**
 * A test of processes that takes longer hangs. Not a bar: what has to be fast is measured by `npm run bench` and `npm run soak`,
 * and a machine may be slow and have other things to do.
 */
const hangMs = 10 * patienceMs;

/** Settings of all servers, unless a test has its own. */
const env = {
  // A process started ahead is work for nothing where a server has few rooms.
  ONEGRID_SPARE_ROOMS: '0',
  // Many tests let in people without media, who would be gone after 10 s.
  ONEGRID_MEDIA_TIMEOUT_MS: '600000',
  // A process that gets no processor time for 3 s does not hang.
  ONEGRID_HANG_MS: '60000',
};

export default defineConfig({
  test: {
    globalSetup: ['tests/harness/global-setup.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          // Thousands of generated inputs take seconds on a busy machine.
          testTimeout: patienceMs,
          // As many as there are cores: vitest would leave one free, which on two cores means one file at a time.
          maxWorkers: '100%',
          // Pure logic leaves nothing behind; to load it anew for each file took a third of the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          env,
          // As with the pure logic: what may harm a process runs in one of its own, started by the tests.
          isolate: false,
          testTimeout: hangMs,
          hookTimeout: hangMs,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // Real servers and browsers, but one or two pages of a call at a time: such tests share the machine.
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          env: { ...env, ...smallCalls },
          testTimeout: hangMs,
          hookTimeout: hangMs,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          // Calls of three browsers and more take most of a small machine: two of them at a time would stand in each other's way
          // for five times as long.
          name: 'calls',
          include: ['tests/calls/**/*.test.ts'],
          env: { ...env, ...smallCalls },
          testTimeout: hangMs,
          hookTimeout: hangMs,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          env,
          testTimeout: hangMs,
          hookTimeout: hangMs,
          // Browsers, servers and clocks share the machine: one file at a time, after everything else.
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          // Not part of `npm test`: what it proves in detail, tests/e2e/network.test.ts proves as a whole.
          name: 'long',
          include: ['tests/long/**/*.test.ts'],
          env,
          testTimeout: hangMs,
          hookTimeout: hangMs,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
