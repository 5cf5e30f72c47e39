import { expect, it } from 'vitest';
import { deathOf } from '../../../mcu/gateway/death.ts';

const heapLimit =
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----';

it.each([
  ['killed', null, 'SIGKILL', '', 'signal'],
  ['crashed in native code', null, 'SIGSEGV', '', 'signal'],
  ['aborted by native code', null, 'SIGABRT', 'double free or corruption (out)\n', 'signal'],
  ["over V8's limit", null, 'SIGABRT', heapLimit, 'memory'],
  ['without memory in C++', null, 'SIGABRT', "an instance of 'std::bad_alloc'\n", 'memory'],
  ['ended by an error of ours', 70, null, '', 'exit'],
] as const)('a process that was %s died of that', (_what, code, signal, words, cause) => {
  expect(deathOf(code, signal, words).cause).toBe(cause);
});
