import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../../harness/client.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { hostileRtcp, hostileRtp } from '../../harness/hostile/packets.ts';
import { play, sumOf } from '../../harness/hostile/play.ts';
import { RawPeer } from '../../harness/hostile/raw-peer.ts';
import { again, fuzzSeed, generate } from '../../harness/hostile/seed.ts';

const messages = 6000;
const rounds = 20;

/** The next of what is generated. */
const take = <Value>(from: Generator<Value>, count: number): Value[] =>
  Array.from({ length: count }, () => from.next().value as Value);

describe('a room process with real media', () => {
  let gateway: HostileGateway;
  afterEach(() => gateway.stop());

  it(
    'survives what people who mean no good send, by signalling and as media',
    { timeout: 90_000 },
    async () => {
      gateway = await HostileGateway.start('real');
      const bystander = await SignallingClient.join(gateway.url, 'raw', 'Bystander');
      const peer = await RawPeer.join(gateway.url, 'raw');
      const toServer = generate(hostileRtcp({ ssrcs: peer.downlinkSsrcs }), Infinity);
      const reports = generate(hostileRtcp({ ssrcs: peer.uplinkSsrcs }), Infinity, fuzzSeed + 1);
      const media = generate(hostileRtp({ ssrcs: peer.uplinkSsrcs }), Infinity, fuzzSeed + 2);
      let [packets, sent] = [0, 0];
      const flood = async (): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) {
          const uplink = [...take(reports, 30), ...take(media, 70)];
          sent += await peer.send({ downlink: take(toServer, 50), uplink });
          packets += 150;
        }
      };
      const [, ...tallies] = await Promise.all([
        flood(),
        ...[0, 1, 2, 3].map((index) =>
          play(gateway.url, `real${String(index)}`, messages / 4, fuzzSeed + index * 1e6, 250),
        ),
      ]);
      const all = sumOf(tallies);
      console.log(
        `${again('rooms')}: ${String(all.sent)} messages, ${String(gateway.reached)} commands reached rooms, ` +
          `${String(sent)} of ${String(packets)} packets went out`,
        Object.fromEntries(all.errors),
      );
      expect(gateway.complaints).toEqual([]);
      expect(all.wrong).toEqual([]);
      expect(gateway.reached / all.sent).toBeGreaterThan(0.3);
      expect(sent / packets).toBeGreaterThan(0.5);
      expect(gateway.deaths).toEqual([]);
      // It still does what it is asked to.
      bystander.send({ type: 'reconnect', pc: 'downlink' });
      await bystander.next('offer', ({ negotiation }) => negotiation === 2);
      await bystander.close();
      await peer.leave();
    },
  );
});
