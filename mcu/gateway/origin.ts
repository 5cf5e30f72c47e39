/** What a request says of where it comes from. */
export interface Asked {
  /** The `Origin` header. */
  readonly origin: string | undefined;
  /** The `Host` header. */
  readonly host: string | undefined;
  /** Whether it came by TLS, as far as is known. */
  readonly secure: boolean;
}

/**
 * Whether a web origin may use this server. Requests without an `Origin` do not come from a page, so
 * there is no user whose browser could be abused (RFC 6455 §10.2).
 * @param allowed - configured origins, `*` for any; undefined: the same origin only. A proxy may have taken TLS off, so that
 *   `https` is the same as plain HTTP here, but never the other way round
 */
export function isOriginAllowed(
  { origin, host, secure }: Asked,
  allowed: readonly string[] | undefined,
): boolean {
  if (origin === undefined) return true;
  if (allowed !== undefined) return allowed.includes('*') || allowed.includes(origin);
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: ofPage } = new URL(origin);
  const isWeb = protocol === 'https:' || (protocol === 'http:' && !secure);
  // Browsers leave a scheme's own port away, on both sides.
  const own = `${protocol}//${host}`;
  return isWeb && URL.canParse(own) && new URL(own).host === ofPage;
}
