import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
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
      ['the gateway is killed and started again', 'gateway'],
      ['the room process is killed', 'room'],
      ['the WebSocket is cut', 'websocket'],
      ['the network is down for 10 s', 'network'],
      ['the page is stopped for 5 s', 'page'],
    ] as const)('when %s, in the same page with its chat', async (_what, fault) => {
      const { backMs, isSame, wasKnown, ...kept } = await returns.strike(fault);
      expect(isSame).toBe(wasKnown);
      expect(kept).toEqual({ isSamePage: true, hasChat: true });
      withinBar(`${fault}: back`, backMs, 5000);
    });
  },
);
