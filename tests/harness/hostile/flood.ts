import { hostileRtcp, hostileRtp, knownRtcp } from './packets.ts';
import { RawPeer } from './raw-peer.ts';
import { fuzzSeed, generate } from './seed.ts';

/** What became of packets. */
export interface FloodTally {
  made: number;
  /** Those that were encrypted and went out; others are too short for that. */
  sent: number;
}

/** The next of what is generated. */
const take = <Value>(from: Generator<Value>, count: number): Value[] =>
  Array.from({ length: count }, () => from.next().value as Value);

const inRound = 150;

/** Has a participant of a room send media and reports that no browser sends, on connections that it may send on. */
export async function flood(
  url: string,
  room: string,
  packets: number,
  seed = fuzzSeed,
): Promise<FloodTally> {
  const peer = await RawPeer.join(url, room);
  const toServer = generate(hostileRtcp({ ssrcs: peer.downlinkSsrcs }), Infinity, seed);
  const reports = generate(hostileRtcp({ ssrcs: peer.uplinkSsrcs }), Infinity, seed + 1);
  const media = generate(hostileRtp({ ssrcs: peer.uplinkSsrcs }), Infinity, seed + 2);
  const known = knownRtcp(peer.downlinkSsrcs[0]!);
  const tally = {
    made: 2 * known.length,
    sent: await peer.send({ downlink: known, uplink: known }),
  };
  while (tally.made < packets) {
    const uplink = [...take(reports, 30), ...take(media, 70)];
    tally.sent += await peer.send({ downlink: take(toServer, 50), uplink });
    tally.made += inRound;
  }
  await peer.leave();
  return tally;
}
