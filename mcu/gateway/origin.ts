/**
 * Whether a web origin may use this server. Requests without an `Origin` do not come from a page, so
 * there is no user whose browser could be abused (RFC 6455 §10.2).
 * @param origin - the `Origin` header
 * @param host - the `Host` header
 * @param allowed - configured origins, `*` for any; undefined: the same origin only
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[] | undefined,
): boolean {
  if (origin === undefined) return true;
  if (allowed !== undefined) return allowed.includes('*') || allowed.includes(origin);
  try {
    return host !== undefined && new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}
