import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoNetwork } from '../harness/network.ts';
import { Returns } from '../harness/returns.ts';

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
      ['the WebSocket is cut', 'websocket'],
      ['the network is down for 10 s', 'network'],
      ['the page is stopped for 5 s', 'page'],
    ] as const)('when %s', async (_what, fault) => {
      const { backMs, isSame, wasKnown } = await returns.strike(fault);
      console.log(`${fault}: back after ${backMs.toFixed(0)} ms`);
      expect(isSame).toBe(wasKnown);
    });
  },
);
