import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoNetwork } from '../harness/network.ts';
import { Returns } from '../harness/returns.ts';

/** On two cores that are busy with other tests; `npm run soak -- returns` has 5 s. */
const barMs = 10_000;

const why = whyNoNetwork(['nft']);
describe.skipIf(why !== null)(
  `who is taken out of a call is back without a click${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    let returns: Returns;
    beforeAll(async () => {
      returns = await Returns.start();
    });
    afterAll(() => returns.stop());

    it.each([
      ['the gateway is killed and started again', 'gateway'],
      ['the room process is killed', 'room'],
      ['the WebSocket is cut', 'websocket'],
      ['the network is down for 10 s', 'network'],
      ['the page is stopped for 5 s', 'page'],
    ] as const)('when %s, in the same page with its chat', async (_what, fault) => {
      const { backMs, isSame, wasKnown, ...kept } = await returns.strike(fault);
      console.log(`${fault}: back after ${backMs.toFixed(0)} ms`);
      expect(isSame).toBe(wasKnown);
      expect(kept).toEqual({ isSamePage: true, hasChat: true });
      expect(backMs).toBeLessThan(barMs);
    });
  },
);
