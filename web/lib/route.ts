/** What a path shows. */
export type Route =
  | { readonly page: 'call' }
  | { readonly page: 'recordings' }
  | { readonly page: 'watch'; readonly room: string };

/** The page of a path; the lobby where it is none. */
export function routeOf(path: string): Route {
  if (/^\/recordings\/?$/.test(path)) return { page: 'recordings' };
  const watched = roomAfter('watch', path);
  return watched === null ? { page: 'call' } : { page: 'watch', room: watched };
}

/** The room of a path like `/r/kitchen`; null for the plain lobby. */
export function roomOfPath(path: string): string | null {
  return roomAfter('r', path);
}

/** The path that opens this room's lobby. */
export function pathOfRoom(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}

/** The path of the recordings: of one room, or of all. */
export function pathOfRecordings(room?: string): string {
  return room === undefined ? '/recordings' : `/recordings?room=${encodeURIComponent(room)}`;
}

function roomAfter(folder: string, path: string): string | null {
  const [, first, encoded, ...rest] = path.replace(/\/$/, '').split('/');
  if (first !== folder || encoded === undefined || encoded === '' || rest.length > 0) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
