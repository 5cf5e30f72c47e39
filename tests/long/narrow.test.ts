import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../harness/chromium.ts';
import { Lab } from '../harness/lab.ts';
import { whyNoNetwork } from '../harness/network.ts';
import { sleep, until } from '../harness/until.ts';

const tone = 440;

const why = whyNoNetwork(['nft']);
describe.skipIf(why !== null)(`a browser with 64 kbit/s to send ${why ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(async () => {
    await lab.stop();
  });

  const sent = async (person: Person, seconds: number) => {
    const before = (await person.outbound())!;
    const { up } = await lab.rates(seconds);
    const after = (await person.outbound())!;
    const took = (after.at - before.at) / 1000;
    return {
      kbps: up.all,
      kinds: up.kinds,
      packets: up.packets,
      fps: (after.framesEncoded - before.framesEncoded) / took,
      sounds: (after.audioPackets - before.audioPackets) / took,
    };
  };

  it(
    'is asked for long frames of sound and a small picture, and is seen and heard',
    { timeout: 120_000 },
    async () => {
      const alice = await lab.open('narrow', 'Alice', {
        ...{ colour: 'rgb(200,30,30)', width: 640, height: 360, fps: 25, busy: true },
        tone,
      });
      await alice.enter();
      const bob = await lab.open('narrow', 'Bob', {});
      await bob.enter();
      await until(async () => ((await alice.outbound())?.framesEncoded ?? 0) > 100);
      const before = await sent(alice, 4);
      const peers = await alice.page.evaluate(
        () => (window as unknown as { testPeers: unknown[] }).testPeers.length,
      );
      expect(alice.last('uplink')?.audio).toEqual({ ptime: 10, bitrate: 32_000 });

      lab.host.limit({ down: null, up: 64 });
      const limited = performance.now();
      await until(() => alice.last('uplink')?.audio.ptime === 60);
      const askedMs = performance.now() - limited;
      await sleep(6000);
      const after = await sent(alice, 6);
      const [level] = await bob.hears([tone]);
      console.log(`asked after ${askedMs.toFixed(0)} ms`, before, after, 'Bob hears', level);
      console.log(lab.server.log.filter(({ msg }) => msg === 'room on uplink'));
      expect(after.sounds).toBeGreaterThan(14);
      expect(after.sounds).toBeLessThan(19);
      expect(before.sounds / after.sounds).toBeGreaterThan(5);
      expect(after.kbps).toBeLessThan(66);
      expect(after.fps).toBeGreaterThan(2);
      expect(level).toBeGreaterThan(-60);
      expect(
        await alice.page.evaluate(
          () => (window as unknown as { testPeers: unknown[] }).testPeers.length,
        ),
      ).toBe(peers);
      await Promise.all([alice.close(), bob.close()]);
      expect(lab.server.complaints()).toEqual([]);
    },
  );
});
