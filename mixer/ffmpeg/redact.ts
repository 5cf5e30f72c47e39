/** Options whose value is a secret, or has one in it: `-passphrase`, `-decryption_key`, `-rtmp_playpath`. */
const secretOption =
  /^-(\w+_)?(key|pass|password|passphrase|token|secret|user|cookies|headers|playpath|conn|streamid)$/i;

/**
 * Makes a function that takes the secrets of a command line out of what ffmpeg prints: of URLs only scheme and host
 * stay, for the rest may be a stream key or a password; and what was in those URLs, or was given as a key or a
 * password, goes wherever else it stands.
 * @param args - the command line
 */
export function redactor(args: readonly string[]): (text: string) => string {
  const secrets = new Set<string>();
  args.forEach((argument, index) => {
    for (const url of argument.match(urls) ?? [])
      for (const part of partsOf(url)) secrets.add(part);
    const option = args[index - 1] ?? '';
    if (argument !== '' && secretOption.test(option)) secrets.add(argument);
  });
  // The longest first, for one may be part of another.
  const all = [...secrets].sort((a, b) => b.length - a.length);
  return (text) =>
    all.reduce((rest, secret) => rest.replaceAll(secret, '…'), text.replace(urls, hostOnly));
}

// Not file: URLs. A comma or a bracket ends a URL in ffmpeg's option syntax as seldom as in life: it is taken in.
const urls = /\b(?!file:)[a-z][a-z0-9+.-]*:\/\/[^\s'"|]+/gi;

const anatomy = /^([^:]+:\/\/)(?:([^@/?#]*)@)?([^/?#]*)(.*)$/s;

const hostOnly = (url: string): string => url.replace(anatomy, '$1$3/…');

/** What may be secret in a URL: user, password, steps of the path, values of the query. */
function partsOf(url: string): string[] {
  const [, , user = '', , rest = ''] = anatomy.exec(url) ?? [];
  const parts = [
    ...user.split(':'),
    ...rest.split(/[/?&#]/).map((part) => part.replace(/^\w+=/, '')),
  ];
  // Shorter ones would take letters out of innocent words, and are no secrets.
  return parts.flatMap((part) => [part, decoded(part)]).filter((part) => part.length > 3);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
