import { drawable } from '../../../mixer/compositor/overlay/fonts.ts';
import { textWidth } from '../../../mixer/compositor/overlay/text.ts';
import { type Finding, missing, ok, warning } from '../finding.ts';

/** A letter of each script that names are often in. */
const scripts = [
  ['Latin', 'Ż'],
  ['Greek', 'Ω'],
  ['Cyrillic', 'Ж'],
  ['Arabic', 'م'],
  ['Hebrew', 'ש'],
  ['Devanagari', 'न'],
  ['Thai', 'ก'],
  ['Chinese', '王'],
  ['Japanese', 'さ'],
  ['Korean', '김'],
  ['emoji', '😀'],
] as const;

/** Labels: our own fonts are registered, and others fill in what they lack. */
export function run(): Promise<Finding[]> {
  const drawing = ok('drawing', '@napi-rs/canvas loads');
  if (textWidth('Alice', { px: 20, bold: false }) <= 0 || drawable('Alice') === '') {
    const advice = 'Run npm ci: the package dejavu-fonts-ttf brings the fonts of labels.';
    return Promise.resolve([drawing, missing('fonts', 'nothing can be written', advice)]);
  }
  const lacking = scripts.filter(([, letter]) => drawable(letter) === '').map(([name]) => name);
  const has = scripts.length - lacking.length;
  const fonts =
    lacking.length === 0
      ? ok('fonts', `names in ${String(has)} scripts tried are drawn`)
      : warning(
          'fonts',
          `no letters for ${lacking.join(', ')}`,
          'Install fonts for these (Debian: fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji), or names show without them.',
        );
  return Promise.resolve([drawing, fonts]);
}
