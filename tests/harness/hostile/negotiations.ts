import fc from 'fast-check';
import { checkSdp } from '../../../mcu/gateway/sdp-limits.ts';
import type { Candidate } from '../../../mcu/protocol/common.ts';
import { sleep } from '../until.ts';
import { hostileCandidate, keptAtHome } from './candidates.ts';
import { LoneRoom } from './real-room.ts';
import { hostileSdp, realAnswers, realOffers } from './sdp.ts';
import { fuzzSeed, generate } from './seed.ts';

/** What came of descriptions and candidates in native code. */
export interface NegotiationTally {
  /** Descriptions made, and those of them that the gateway would let through and native code got. */
  made: number;
  tried: number;
  candidates: number;
  /** Offers that got an answer, and descriptions that native code refused. */
  answered: number;
  refused: number;
  /** What must not be, with what was sent. */
  readonly wrong: string[];
}

const people = 24;
const each = 4;

type Told = { type: string; code?: string; message?: string };

/** Gives descriptions and candidates to real PeerConnections, as fast as a room process takes them. */
export async function negotiate(count: number, seed = fuzzSeed): Promise<NegotiationTally> {
  const tally = {
    made: 0,
    tried: 0,
    candidates: 0,
    answered: 0,
    refused: 0,
    wrong: [] as string[],
  };
  const offers = generate(hostileSdp(realOffers), Infinity, seed);
  const answers = generate(hostileSdp(realAnswers), Infinity, seed + 1);
  const candidates = generate(fc.array(hostileCandidate, { maxLength: 6 }), Infinity, seed + 2);
  let room = new LoneRoom();

  const passes = (sdp: string, kind: 'offer' | 'answer'): boolean => {
    tally.made += 1;
    try {
      checkSdp(sdp, kind);
      tally.tried += 1;
      return true;
    } catch {
      return false;
    }
  };
  /** @returns what was sent, for whoever has to find out */
  const strike = (participantId: string): object => {
    const offer = keptAtHome(offers.next().value as string);
    const answer = keptAtHome(answers.next().value as string);
    const trickled = candidates.next().value as Candidate[];
    const some = trickled.map((one) => one && { ...one, candidate: keptAtHome(one.candidate) });
    const send = (pc: 'uplink' | 'downlink'): void => {
      for (const candidate of some) {
        tally.candidates += 1;
        room.process.send({ type: 'candidate', participantId, pc, candidate });
      }
    };
    send('downlink');
    if (passes(answer, 'answer')) room.process.send({ type: 'answer', participantId, sdp: answer });
    if (passes(offer, 'offer')) room.process.send({ type: 'offer', participantId, sdp: offer });
    send('uplink');
    if (tally.made % 3 === 0) {
      room.process.send({ type: 'reconnect', participantId, pc: 'downlink' });
    }
    return { participantId, offer, answer, candidates: some };
  };

  while (tally.made < count) {
    const ids = Array.from({ length: people }, () => room.add());
    const struck = Array.from({ length: each }, () => ids.map(strike)).flat();
    // An uplink waits for the first downlink, for 3 s at the most.
    await sleep(3200);
    await room.settled().catch(() => undefined);
    for (const id of ids) {
      const told = (room.told.get(id) ?? []) as readonly Told[];
      tally.answered += told.filter(({ type }) => type === 'answer').length;
      for (const { code, message } of told.filter(({ type }) => type === 'error')) {
        tally.refused += 1;
        if (code !== 'bad-sdp') tally.wrong.push(`${String(code)}: ${String(message)}`);
      }
      if (room.process.death === null) room.remove(id);
    }
    if (room.process.death === null) continue;
    tally.wrong.push(`a room process died of ${room.process.death}: ${JSON.stringify(struck)}`);
    room = new LoneRoom();
  }
  await room.process.end();
  return tally;
}
