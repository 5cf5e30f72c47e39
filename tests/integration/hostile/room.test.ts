import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../../harness/client.ts';
import { flood } from '../../harness/hostile/flood.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { play, sumOf } from '../../harness/hostile/play.ts';
import { again, fuzzSeed } from '../../harness/hostile/seed.ts';

const messages = 1600;

describe('a room process with real media', () => {
  let gateway: HostileGateway | undefined;
  afterEach(() => gateway?.stop());

  it('survives what people who mean no good send, by signalling and as media', async () => {
    const started = await HostileGateway.start('real', {
      // The bystander has no media at all.
      ONEGRID_MEDIA_TIMEOUT_MS: '600000',
    });
    gateway = started;
    const bystander = await SignallingClient.join(started.url, 'raw', 'Bystander');
    const [packets, ...tallies] = await Promise.all([
      flood(started.url, 'raw', 1000),
      ...[0, 1, 2, 3].map((index) =>
        play(started.url, `real${String(index)}`, messages / 4, fuzzSeed + index * 1e6, 250),
      ),
    ]);
    const all = sumOf(tallies);
    console.log(
      `${again('rooms')}: ${String(all.sent)} messages, ${String(started.reached)} commands reached rooms, ` +
        `${String(packets.sent)} of ${String(packets.made)} packets went out`,
      Object.fromEntries(all.errors),
    );
    expect(started.complaints).toEqual([]);
    expect(all.wrong).toEqual([]);
    expect(started.reached / all.sent).toBeGreaterThan(0.3);
    expect(packets.sent / packets.made).toBeGreaterThan(0.4);
    expect(started.deaths).toEqual([]);
    // It still does what it is asked to.
    bystander.send({ type: 'reconnect', pc: 'downlink' });
    await bystander.next('offer', ({ negotiation }) => negotiation === 2);
    await bystander.close();
  });
});
