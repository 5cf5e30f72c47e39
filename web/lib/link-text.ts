/** A piece of a text: plain, or an address that can be followed. */
export type TextPart =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const address = /\bhttps?:\/\/[^\s<>"'`]+/giu;
/** What rather ends the sentence than the address. */
const trailing = /[.,:;!?…'"’”*_~]+$/u;

/** Splits a text at the web addresses in it. Nothing but `http:` and `https:` ever becomes a link. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutEnd(match[0]);
    const href = hrefOf(found);
    if (href === null) continue;
    if (match.index > from) parts.push({ kind: 'plain', text: text.slice(from, match.index) });
    parts.push({ kind: 'link', text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ kind: 'plain', text: text.slice(from) });
  return parts;
}

/** Brackets that are closed but were not opened in the address belong to the text around it. */
function withoutEnd(found: string): string {
  let kept = found;
  for (;;) {
    const before = kept;
    kept = kept.replace(trailing, '');
    for (const [open, close] of ['()', '[]', '{}'].map((pair) => Array.from(pair))) {
      if (open === undefined || close === undefined || !kept.endsWith(close)) continue;
      if (kept.split(close).length > kept.split(open).length) kept = kept.slice(0, -1);
    }
    if (kept === before) return kept;
  }
}

function hrefOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host, href } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && host !== '' ? href : null;
}
