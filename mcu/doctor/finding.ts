import { z } from 'zod';

/** What one check has found. */
export const findingSchema = z.object({
  /** What was looked at, in a word or two. */
  check: z.string(),
  /** `missing`: something that matters; `warning`: it works, but an operator may want to know. */
  status: z.enum(['ok', 'warning', 'missing']),
  /** What there is. */
  found: z.string(),
  /** What to do, in one sentence; only where not all is well. */
  advice: z.string().optional(),
});
/** What one check has found. */
export type Finding = z.infer<typeof findingSchema>;

/** All is well. */
export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });

/** It works, but not as well as it could. */
export const warning = (check: string, found: string, advice: string): Finding => ({
  check,
  status: 'warning',
  found,
  advice,
});

/** Something does not work. */
export const missing = (check: string, found: string, advice: string): Finding => ({
  check,
  status: 'missing',
  found,
  advice,
});

/** A code of an error, or what it says. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
