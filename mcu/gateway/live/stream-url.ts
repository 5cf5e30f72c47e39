/** What a restream may go to. */
const protocols = ['rtmp:', 'rtmps:', 'srt:'];
const maxLength = 2048;

/** The URL of a restream, with what may be told of it. */
export interface StreamUrl {
  /** Holds the key: never logged nor told. */
  readonly secret: string;
  /** Scheme, host and port. */
  readonly shown: string;
}

/** Reads the URL of a restream; null where it is none that can be used. */
export function parseStreamUrl(text: string): StreamUrl | null {
  // Spaces and control characters have no place in a URL, nor in a command line.
  if (text.length > maxLength || /[\s\p{Cc}]/u.test(text)) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (!protocols.includes(url.protocol) || url.hostname === '') return null;
  if (url.protocol === 'srt:' && url.port === '') return null;
  const rest = /^[a-z]+:\/\/[^/?#]*(.*)$/i.exec(text)?.[1] ?? '';
  return { secret: text, shown: `${url.protocol}//${url.host}${rest.length > 1 ? '/…' : ''}` };
}

/**
 * Takes what may be secret of a stream's URL out of a text.
 * @param text - an error of the process that has the URL
 */
export function redacted(text: string, { secret, shown }: StreamUrl): string {
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)(.*)$/i.exec(secret) ?? [];
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : '';
  const parts = [...user.split(':'), ...rest.split(/[/?&#=]/)]
    .flatMap((part) => [part, decoded(part)])
    // Shorter ones would take letters out of innocent words, and are no secrets.
    .filter((part) => part.length > 3)
    // The longest first, for one may be part of another.
    .sort((a, b) => b.length - a.length);
  return parts.reduce((left, part) => left.replaceAll(part, '…'), text.replaceAll(secret, shown));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
