/** A segment in a playlist. */
export interface PlaylistSegment {
  readonly name: string;
  readonly seconds: number;
  /** The file that describes its streams. */
  readonly init: string;
  /** Milliseconds since 1970 of its beginning. */
  readonly dateMs: number;
  /** Whether its times do not go on from the one before. */
  readonly discontinuity: boolean;
}

/** A live playlist: a window over a stream. */
export interface Playlist {
  readonly targetSeconds: number;
  /** Number of the first segment. */
  readonly mediaSequence: number;
  /** Discontinuities that have left the window. */
  readonly discontinuitySequence: number;
  readonly segments: readonly PlaylistSegment[];
}

/** Our names: nothing in them needs escaping, and nothing leads out of the folder. */
const ownName = /^[\w-]{1,80}\.(m4s|mp4)$/;

/** Nothing yet. */
export function emptyPlaylist(targetSeconds: number): Playlist {
  return { targetSeconds, mediaSequence: 0, discontinuitySequence: 0, segments: [] };
}

/** Adds a segment; the target never becomes shorter, nor shorter than a segment (RFC 8216, 4.3.3.1). */
export function append(playlist: Playlist, segment: PlaylistSegment): Playlist {
  return {
    ...playlist,
    targetSeconds: Math.max(playlist.targetSeconds, Math.round(segment.seconds)),
    segments: [...playlist.segments, segment],
  };
}

/** Leaves out what is longer ago than the window (RFC 8216, 6.2.2); at least one segment stays. */
export function slide(
  playlist: Playlist,
  windowSeconds: number,
): { readonly playlist: Playlist; readonly removed: readonly PlaylistSegment[] } {
  const { segments } = playlist;
  let first = segments.length;
  for (let seconds = 0; first > 0; first -= 1) {
    const { seconds: more = 0 } = segments[first - 1] ?? {};
    if (first < segments.length && seconds + more > windowSeconds) break;
    seconds += more;
  }
  const removed = segments.slice(0, first);
  return { playlist: without(playlist, first), removed };
}

/** Leaves out what began before a time, in milliseconds since 1970. */
export function forget(
  playlist: Playlist,
  beforeMs: number,
): { readonly playlist: Playlist; readonly removed: readonly PlaylistSegment[] } {
  const kept = playlist.segments.findIndex(({ dateMs }) => dateMs >= beforeMs);
  const first = kept === -1 ? playlist.segments.length : kept;
  return { playlist: without(playlist, first), removed: playlist.segments.slice(0, first) };
}

function without(playlist: Playlist, count: number): Playlist {
  const removed = playlist.segments.slice(0, count);
  return {
    ...playlist,
    mediaSequence: playlist.mediaSequence + count,
    discontinuitySequence:
      playlist.discontinuitySequence + removed.filter(({ discontinuity }) => discontinuity).length,
    segments: playlist.segments.slice(count),
  };
}

/** The text of a playlist (RFC 8216, 4.3). `ended`: nothing follows. */
export function writePlaylist(playlist: Playlist, ended: boolean): string {
  const { targetSeconds, mediaSequence, discontinuitySequence, segments } = playlist;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  let init = '';
  for (const segment of segments) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.init !== init) lines.push(`#EXT-X-MAP:URI="${segment.init}"`);
    init = segment.init;
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.dateMs).toISOString()}`,
      `#EXTINF:${segment.seconds.toFixed(5)},`,
      segment.name,
    );
  }
  if (ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** Reads a playlist of our own; null where it is none. */
export function readPlaylist(text: string): Playlist | null {
  const lines = text.split(/\r?\n/);
  const numberOf = (tag: string): number | null => {
    const line = lines.find((candidate) => candidate.startsWith(`${tag}:`));
    const value = Number(line?.slice(tag.length + 1));
    return line !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  const targetSeconds = numberOf('#EXT-X-TARGETDURATION');
  const mediaSequence = numberOf('#EXT-X-MEDIA-SEQUENCE');
  const discontinuitySequence = numberOf('#EXT-X-DISCONTINUITY-SEQUENCE');
  if (targetSeconds === null || mediaSequence === null || discontinuitySequence === null) {
    return null;
  }
  const segments: PlaylistSegment[] = [];
  let [discontinuity, init, dateMs, seconds] = [false, '', 0, 0];
  for (const line of lines) {
    const [tag, value] = split(line);
    if (line === '#EXT-X-DISCONTINUITY') discontinuity = true;
    else if (tag === '#EXT-X-MAP') init = /URI="([^"]*)"/.exec(value)?.[1] ?? '';
    else if (tag === '#EXT-X-PROGRAM-DATE-TIME') dateMs = Date.parse(value);
    else if (tag === '#EXTINF') seconds = Number.parseFloat(value);
    else if (line !== '' && !line.startsWith('#')) {
      const isOurs = ownName.test(line) && ownName.test(init);
      if (!isOurs || !(seconds > 0) || !Number.isFinite(dateMs)) return null;
      segments.push({ name: line, seconds, init, dateMs, discontinuity });
      discontinuity = false;
    }
  }
  return { targetSeconds, mediaSequence, discontinuitySequence, segments };
}

function split(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
}
