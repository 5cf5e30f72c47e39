/** What a connection check has found; null: not known, or not looked at yet. */
export interface Findings {
  /** Whether the server answers at all. */
  readonly server: boolean | null;
  /** Whether a call can be asked for: the WebSocket opens. */
  readonly signalling: boolean | null;
  /** Milliseconds there and back. */
  readonly roundTripMs: number | null;
  /** Whether UDP gets to the server and back. */
  readonly udp: boolean | null;
  /** The best way to a relay (TURN) that was found; `none`: there is one, and it cannot be reached; null: there is none. */
  readonly relay: 'udp' | 'tcp' | 'none' | null;
  /** Kilobits a second towards this browser. */
  readonly downKbps: number | null;
  /** Kilobits a second from this browser. */
  readonly upKbps: number | null;
}

/** Before anything was looked at. */
export const nothingFound: Findings = {
  server: null,
  signalling: null,
  roundTripMs: null,
  udp: null,
  relay: null,
  downKbps: null,
  upKbps: null,
};

/** What it all comes to, worst first. */
export type Verdict =
  | 'unreachable'
  | 'no-signalling'
  | 'no-media'
  | 'only-tcp'
  | 'weak'
  | 'weak-down'
  | 'weak-up'
  | 'good';

/** What the best picture takes on the way down, kbit/s with its sound (docs: qualities). */
const bestDownKbps = 1650;
/** What the server asks of a camera that is one of a few. */
const fairUpKbps = 850;

/** What the findings come to. What is not known is not held against anybody. */
export function verdictOf(findings: Findings): Verdict {
  const { server, signalling, udp, relay, downKbps, upKbps } = findings;
  if (server === false) return 'unreachable';
  if (signalling === false) return 'no-signalling';
  if (udp === false && relay !== 'udp') return relay === 'tcp' ? 'only-tcp' : 'no-media';
  const weakDown = downKbps !== null && downKbps < bestDownKbps;
  const weakUp = upKbps !== null && upKbps < fairUpKbps;
  if (weakDown) return weakUp ? 'weak' : 'weak-down';
  return weakUp ? 'weak-up' : 'good';
}
