import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['tests/harness/global-setup.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          // Thousands of generated inputs take seconds on a busy machine.
          testTimeout: 20_000,
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
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // Real servers and browsers, too, but nothing here is about how fast they are: they share the machine, and pictures are
          // small where a test does not say otherwise.
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          env: { ONEGRID_CANVAS: '640x360', ONEGRID_FPS: '15' },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Browsers, servers and clocks share the machine: one file at a time, after everything else.
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          // Not part of `npm test`: what it proves in detail, tests/e2e/network.test.ts proves as a whole.
          name: 'long',
          include: ['tests/long/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
