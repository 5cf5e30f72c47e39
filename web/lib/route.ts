/** The room of a path like `/r/kitchen`; null for the plain lobby. */
export function roomOfPath(path: string): string | null {
  const encoded = /^\/r\/([^/]+)\/?$/.exec(path)?.[1];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** The path that opens this room's lobby. */
export function pathOfRoom(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}
