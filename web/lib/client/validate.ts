/** What is wrong with a text before it is even sent. */
export type InputProblem = 'empty' | 'too-long' | 'bad-characters';

/** Room names: 1-64 of letters, digits, `-`, `_` (CONTRACT: Error codes). Null when fine. */
export function roomProblem(room: string): InputProblem | null {
  if (room.length === 0) return 'empty';
  if (!/^[A-Za-z0-9_-]*$/.test(room)) return 'bad-characters';
  return room.length > 64 ? 'too-long' : null;
}

/** Display names: 1-64 characters after trimming, no control characters. Null when fine. */
export function nameProblem(name: string): InputProblem | null {
  const trimmed = name.trim().normalize('NFC');
  if (trimmed.length === 0) return 'empty';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(trimmed)) return 'bad-characters';
  return [...trimmed].length > 64 ? 'too-long' : null;
}
