/** What processes die of; a label of metrics, so these are all. */
export const deathCauses = ['signal', 'hang', 'memory', 'exit'] as const;
/** One of {@link deathCauses}. */
export type DeathCause = (typeof deathCauses)[number];

/** How a process ended by itself. */
export interface Death {
  /** `signal`: killed, or a crash in native code; `hang` and `memory`: ended by the gateway, or by V8; `exit`: by itself. */
  readonly cause: DeathCause;
  /** In words, for the log. */
  readonly why: string;
}

/** Last words of V8, and of C++, when there is no memory left. */
const outOfMemory = /out of memory|std::bad_alloc/;

/**
 * Tells what a process died of that was not ended on purpose.
 * @param code - its exit code
 * @param signal - what it was killed by
 * @param lastWords - the end of its standard error
 */
export function deathOf(code: number | null, signal: string | null, lastWords: string): Death {
  const why = signal ?? `exit code ${String(code)}`;
  if (outOfMemory.test(lastWords)) return { cause: 'memory', why: `${why}, out of memory` };
  return { cause: signal === null ? 'exit' : 'signal', why };
}
