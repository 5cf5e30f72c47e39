import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../../harness/client.ts';
import { flood } from '../../harness/hostile/flood.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { play, sumOf } from '../../harness/hostile/play.ts';
import { again, fuzzSeed } from '../../harness/hostile/seed.ts';

const messages = 6000;

describe('a room process with real media', () => {
  let gateway: HostileGateway;
  afterEach(() => gateway.stop());

  it(
    'survives what people who mean no good send, by signalling and as media',
    { timeout: 90_000 },
    async () => {
      gateway = await HostileGateway.start('real');
      const bystander = await SignallingClient.join(gateway.url, 'raw', 'Bystander');
      const [packets, ...tallies] = await Promise.all([
        flood(gateway.url, 'raw', 3000),
        ...[0, 1, 2, 3].map((index) =>
          play(gateway.url, `real${String(index)}`, messages / 4, fuzzSeed + index * 1e6, 250),
        ),
      ]);
      const all = sumOf(tallies);
      console.log(
        `${again('rooms')}: ${String(all.sent)} messages, ${String(gateway.reached)} commands reached rooms, ` +
          `${String(packets.sent)} of ${String(packets.made)} packets went out`,
        Object.fromEntries(all.errors),
      );
      expect(gateway.complaints).toEqual([]);
      expect(all.wrong).toEqual([]);
      expect(gateway.reached / all.sent).toBeGreaterThan(0.3);
      expect(packets.sent / packets.made).toBeGreaterThan(0.4);
      expect(gateway.deaths).toEqual([]);
      // It still does what it is asked to.
      bystander.send({ type: 'reconnect', pc: 'downlink' });
      await bystander.next('offer', ({ negotiation }) => negotiation === 2);
      await bystander.close();
    },
  );
});
