import { readFileSync } from 'node:fs';

/** Kinds of packets that are told apart on the wire. */
export const wireKinds = ['sound', 'picture', 'resent', 'rtcp', 'stun', 'dtls', 'tcp'] as const;
/** One of {@link wireKinds}; `tcp` is the page and its signalling. */
export type WireKind = (typeof wireKinds)[number];

/** Packets, and their bytes with IP headers. */
export interface Passed {
  readonly packets: number;
  readonly bytes: number;
}

/** What has passed one direction of a link. */
export interface WireDirection {
  /** By the counters of the interface: everything. */
  readonly all: Passed;
  /** By nftables, in the host: what it takes in before any loss, and what it sends before any limit. */
  readonly kinds: Readonly<Record<WireKind, Passed>>;
}

/** What has passed a link; `down` is towards the host. */
export interface Wire {
  /** Milliseconds, monotonic. */
  readonly at: number;
  readonly down: WireDirection;
  readonly up: WireDirection;
}

const ethernetHeader = 14;
/** Payload types of RED and Opus, and of the retransmissions of both codecs: ours, and Chromium's first choice. */
const soundTypes = [63, 111];
const resentTypes = [97, 103];

/**
 * A table for nftables that counts by kind: SRTP, SRTCP, DTLS and STUN by their first bytes (RFC 7983 §7, RFC 5761 §4),
 * which stand in the clear.
 */
export function wireTable(device: string): string {
  // Offsets in bits from the UDP header, which has 64.
  const type = '@th,72,8 & 0x7f';
  const oneOf = (types: readonly number[]): string => `${type} { ${types.join(', ')} }`;
  const rules: readonly (readonly [WireKind, string])[] = [
    ['tcp', 'meta l4proto tcp'],
    ['stun', 'meta l4proto udp @th,64,8 < 4'],
    ['dtls', 'meta l4proto udp @th,64,8 20-63'],
    ['rtcp', 'meta l4proto udp @th,72,8 192-223'],
    ['sound', `meta l4proto udp ${oneOf(soundTypes)}`],
    ['resent', `meta l4proto udp ${oneOf(resentTypes)}`],
    ['picture', 'meta l4proto udp @th,64,8 128-191'],
  ];
  const chain = (direction: 'down' | 'up'): string => {
    const [hook, which] = direction === 'down' ? ['input', 'iifname'] : ['output', 'oifname'];
    const lines = rules.map(
      ([kind, match]) => `${which} "${device}" ${match} counter name ${direction}_${kind} accept`,
    );
    return `chain ${direction} {\ntype filter hook ${hook} priority -10;\n${lines.join('\n')}\n}`;
  };
  const counters = rules.flatMap(([kind]) => [
    `counter down_${kind} { }`,
    `counter up_${kind} { }`,
  ]);
  return `table inet wire {\n${[...counters, chain('down'), chain('up')].join('\n')}\n}\n`;
}

/**
 * Reads the counters.
 * @param device - the end of the link that is not the host's
 * @param counters - what `nft -j list counters` prints in the host
 */
export function readWire(device: string, counters: string): Wire {
  const { nftables } = JSON.parse(counters) as {
    nftables: { counter?: { name: string; packets: number; bytes: number } }[];
  };
  const named = new Map(
    nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter]] : [])),
  );
  const direction = (name: 'down' | 'up', way: 'tx' | 'rx'): WireDirection => {
    const statistic = (which: string): number =>
      Number(readFileSync(`/sys/class/net/${device}/statistics/${way}_${which}`, 'utf8'));
    const packets = statistic('packets');
    const kinds = wireKinds.map((kind) => {
      const counter = named.get(`${name}_${kind}`);
      return [kind, { packets: counter?.packets ?? 0, bytes: counter?.bytes ?? 0 }] as const;
    });
    return {
      all: { packets, bytes: statistic('bytes') - packets * ethernetHeader },
      kinds: Object.fromEntries(kinds) as Record<WireKind, Passed>,
    };
  };
  return { at: performance.now(), down: direction('down', 'tx'), up: direction('up', 'rx') };
}

/** kbit/s of one direction between two readings. */
export interface WireRate {
  readonly all: number;
  readonly kinds: Readonly<Record<WireKind, number>>;
  /** Packets a second. */
  readonly packets: number;
}

/** What passed each direction between two readings, in kbit/s of whole IP packets. */
export function wireRates(before: Wire, after: Wire): { down: WireRate; up: WireRate } {
  const ms = after.at - before.at;
  const rate = (name: 'down' | 'up'): WireRate => {
    const kbps = (from: Passed, to: Passed): number => ((to.bytes - from.bytes) * 8) / ms;
    const [from, to] = [before[name], after[name]];
    const kinds = wireKinds.map((kind) => [kind, kbps(from.kinds[kind], to.kinds[kind])] as const);
    return {
      all: kbps(from.all, to.all),
      kinds: Object.fromEntries(kinds) as Record<WireKind, number>,
      packets: ((to.all.packets - from.all.packets) * 1000) / ms,
    };
  };
  return { down: rate('down'), up: rate('up') };
}
