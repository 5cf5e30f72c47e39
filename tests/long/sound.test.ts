import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../harness/chromium.ts';
import type { InboundStream } from '../harness/inbound.ts';
import { Lab } from '../harness/lab.ts';
import { whyNoNetwork } from '../harness/network.ts';
import { sleep, until } from '../harness/until.ts';

/** Runs in the page before it joins: its answers know no RED. */
function takeNoRed(): void {
  type Set = (description: RTCSessionDescriptionInit) => Promise<void>;
  const { prototype } = RTCPeerConnection;
  const set: Set = Reflect.get(prototype, 'setRemoteDescription');
  Reflect.set(
    prototype,
    'setRemoteDescription',
    function (this: RTCPeerConnection, { type, sdp = '' }: RTCSessionDescriptionInit) {
      const without = sdp
        .replace(/(m=audio .*) 63\b/, '$1')
        .replace(/a=(rtpmap|fmtp):63 .*\r\n/g, '');
      return set.call(this, { type, sdp: without });
    },
  );
}

/** What came between two looks. */
const since = (a: InboundStream, b: InboundStream) => {
  const packets = b.packetsReceived - a.packetsReceived;
  const lost = b.packetsLost - a.packetsLost;
  const samples = b.totalSamplesReceived - a.totalSamplesReceived;
  return {
    packets,
    lost: lost / (packets + lost),
    payload: (b.bytesReceived - a.bytesReceived) / packets,
    concealed: (b.concealedSamples - a.concealedSamples) / samples,
  };
};

const why = whyNoNetwork(['nft']);
describe.skipIf(why !== null)(`sound over a bad network ${why ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(async () => {
    await lab.stop();
  });

  const listen = async (name: string, takesRed: boolean): Promise<Person> => {
    const person = await lab.open('lossy', name, {});
    if (!takesRed) await person.page.evaluate(takeNoRed);
    await person.enter();
    await person.chooses('Sound only');
    await until(async () => ((await person.streams()).audio?.packetsReceived ?? 0) > 30);
    return person;
  };

  it('is sent twice to who misses packets, and hardly any of it is missed', async () => {
    await lab.invite('lossy', { participants: 1 });
    const people = [await listen('Red', true), await listen('Fec', false)];
    const measure = async (ms: number) => {
      const look = () => Promise.all(people.map(async (person) => (await person.streams()).audio!));
      const before = await look();
      await sleep(ms);
      return (await look()).map((audio, index) => since(before[index]!, audio));
    };
    const [plain] = await measure(2000);
    lab.host.lose({ down: 5, up: 0 });
    let red: typeof plain;
    await until(
      async () => ([red] = await measure(1000))[0]!.payload > 1.6 * plain!.payload,
      () => `${String(red?.payload)} bytes a packet, ${String(plain!.payload)} without loss`,
    );
    const [doubled, single] = await measure(12_000);
    console.log('without loss', plain, 'with RED', doubled, 'without RED', single);
    expect(doubled!.payload).toBeGreaterThan(1.6 * plain!.payload);
    expect(single!.payload).toBeLessThan(1.3 * plain!.payload);
    expect(doubled!.concealed).toBeLessThan(0.02);
    await Promise.all(people.map((person) => person.close()));
    expect(lab.server.complaints()).toEqual([]);
  });
});
