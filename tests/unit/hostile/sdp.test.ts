import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { checkSdp } from '../../../mcu/gateway/sdp-limits.ts';
import { OnegridError } from '../../../mcu/protocol/errors.ts';
import {
  maxRemoteCandidates,
  usableCandidate,
  usableTrickled,
  withUsableCandidates,
} from '../../../mcu/room/candidates.ts';
import { carrierAnswer, readAnswer } from '../../../mcu/room/downlink-sdp.ts';
import {
  fingerprintOf,
  prepareUplinkAnswer,
  prepareUplinkOffer,
  usernameFragmentsOf,
} from '../../../mcu/room/uplink-sdp.ts';
import { candidateLine, hostileCandidate } from '../../harness/hostile/candidates.ts';
import { hostileSdp, realAnswers, realOffers } from '../../harness/hostile/sdp.ts';
import { again, runs } from '../../harness/hostile/seed.ts';

/** Whether a description passes the gateway; what it says to others is in its list. */
function passes(sdp: string, kind: 'offer' | 'answer'): boolean {
  try {
    checkSdp(sdp, kind);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(OnegridError);
    expect((error as OnegridError).code).toBe('bad-sdp');
    return false;
  }
}

const candidatesOf = (sdp: string): string[] => sdp.match(/^a=candidate:.*$/gm) ?? [];

/** Null where it has no transport, and is refused for that. */
function asCarried(sdp: string): string | null {
  try {
    return carrierAnswer(sdp);
  } catch (error) {
    expect((error as Error).message).toBe('the description has no transport');
    return null;
  }
}

describe('descriptions and candidates that no browser makes', () => {
  const counts = { offers: 0, 'offers let through': 0, answers: 0, 'answers let through': 0 };
  afterAll(() => {
    console.log(again('descriptions'), JSON.stringify(counts));
    // What is refused by the gateway tries nothing behind it.
    expect(counts['offers let through']).toBeGreaterThan(counts.offers * 0.2);
    expect(counts['answers let through']).toBeGreaterThan(counts.answers * 0.2);
  });

  it('are refused as such, or read: offers', () => {
    fc.assert(
      fc.property(hostileSdp(realOffers), (sdp) => {
        counts.offers += 1;
        if (!passes(sdp, 'offer')) return;
        counts['offers let through'] += 1;
        fingerprintOf(sdp);
        usernameFragmentsOf(sdp);
        const prepared = prepareUplinkOffer(sdp, true);
        expect(prepared).not.toContain('[object Object]');
        expect(candidatesOf(prepared).length).toBeLessThanOrEqual(maxRemoteCandidates);
        for (const line of candidatesOf(prepared)) {
          expect(usableCandidate(line, true)).toBe(line.slice(2));
        }
        // Whatever libwebrtc makes of it: its answer has the same sections.
        prepareUplinkAnswer(prepared, {
          audio: { ptime: 20, bitrate: 32_000, dtx: true },
          videoBitrate: 1e6,
        });
      }),
      runs(6000),
    );
  });

  it('are refused as such, or read: answers', () => {
    fc.assert(
      fc.property(hostileSdp(realAnswers), (sdp) => {
        counts.answers += 1;
        if (!passes(sdp, 'answer')) return;
        counts['answers let through'] += 1;
        readAnswer(sdp);
        usernameFragmentsOf(sdp);
        const usable = withUsableCandidates(sdp, false);
        // Nobody from the internet sends this server's packets into the networks behind it.
        for (const line of candidatesOf(usable))
          expect(line).not.toMatch(/ (192\.0\.2|198\.18|fd00)/);
        // What native code sees of it: one section, and the candidates.
        const carried = asCarried(usable);
        if (carried === null) return;
        expect(carried.match(/^m=/gm)).toHaveLength(1);
        expect(candidatesOf(carried)).toEqual(candidatesOf(usable));
        expect(carried.split(/\r\n|\r|\n/).length).toBe(16 + candidatesOf(usable).length);
      }),
      runs(3000),
    );
  });

  it('are written anew, or left out: candidates', () => {
    fc.assert(
      fc.property(candidateLine, fc.boolean(), (line, fromPrivate) => {
        const usable = usableCandidate(line, fromPrivate);
        if (usable === null) return;
        expect(usable).toMatch(
          /^candidate:[A-Za-z0-9+/]{1,32} 1 udp [1-9]\d{0,9} [\da-f.:]+ [1-9]\d{3,4} typ (host|srflx|prflx|relay)$/i,
        );
        expect(usableCandidate(usable, fromPrivate)).toBe(usable);
      }),
      runs(3000),
    );
    fc.assert(
      fc.property(hostileCandidate, (candidate) => {
        if (candidate === null) return;
        const usable = usableTrickled(candidate, new Set(['abcd']), true);
        if (usable !== null) expect(candidate.usernameFragment ?? '').toBe('');
      }),
      runs(1000),
    );
  });

  it('take no longer to be read than their length says', () => {
    /** Milliseconds of the processor: on a busy machine what takes longer is interrupted more often. */
    const timeOf = (sdp: string): number => {
      const start = process.cpuUsage();
      passes(sdp, 'offer');
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    const [offer] = realOffers;
    const filled = (line: string): string => offer + line.slice(0, 60_000 - offer.length);
    // Of the same length, with nothing to think about.
    const control = Math.max(...[1, 2, 3].map(() => timeOf(filled('a=x\r\n'.repeat(12_000)))));
    for (const line of [
      'a=imageattr:* send ' + '[x=1] '.repeat(9000),
      'a=imageattr:* send [' + '] ['.repeat(18_000),
      'a=simulcast:send ' + '1;'.repeat(27_000) + ' ',
      'a=simulcast: ' + 'send '.repeat(10_000) + '\0',
      'a=fmtp:96 ' + ';\t'.repeat(25_000) + 'apt',
      'a=ptime:' + '1.'.repeat(25_000) + 'x',
      'a=ssrc-group:FID ' + ' '.repeat(50_000),
      'a=fingerprint:sha-256 ' + 'AA:'.repeat(16_000) + 'g',
      'a=candidate:' + '1 '.repeat(26_000),
      'm=audio 9 x 111\r\n'.repeat(3500),
    ]) {
      expect(timeOf(filled(line)), line.slice(0, 30)).toBeLessThan(200 + control * 10);
    }
  });
});
