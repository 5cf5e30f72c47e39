const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The user-perceived characters of a text. */
export function graphemesOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/**
 * One or two letters for a name in any script: the first of its first and of its last word, in upper case where the
 * script has one. Words without a letter or digit count only if there are no others.
 */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const spoken = words.filter((word) => /[\p{L}\p{N}]/u.test(word));
  const [first, ...rest] = spoken.length > 0 ? spoken : words.slice(0, 1);
  const last = rest.at(-1);
  const letters = [first, last].flatMap((word) => (word === undefined ? [] : [firstLetter(word)]));
  // A zero-width non-joiner keeps the letters of joining scripts (Arabic) in their initial forms.
  return letters.join(letters.some((letter) => /\p{Script=Arabic}/u.test(letter)) ? '\u200c' : '');
}

function firstLetter(word: string): string {
  const all = graphemesOf(word);
  const letter = all.find((grapheme) => /[\p{L}\p{N}]/u.test(grapheme)) ?? all[0] ?? '';
  // Georgian has capitals for whole words only, and few fonts have them.
  if (/\p{Script=Georgian}/u.test(letter)) return letter;
  return graphemesOf(letter.toUpperCase())[0] ?? '';
}

/** Avatar colours, 0xRRGGBB: white text on each has a contrast of at least 4.5 (WCAG 2.2, 1.4.3). */
export const avatarColours = [
  0xb3473b, 0xa3561f, 0x8a6415, 0x5f7322, 0x3a7a3d, 0x247a62, 0x1f7484, 0x2f6cab, 0x4b62bd,
  0x6f57b8, 0x92499f, 0xab4277,
] as const;

/** The colour of a name: always the same one (FNV-1a hash over its UTF-16 code units). */
export function avatarColourOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  // The low bits of FNV are the weakest: fold the high half in.
  const folded = (hash ^ (hash >>> 16)) >>> 0;
  return avatarColours[folded % avatarColours.length] ?? avatarColours[0];
}
