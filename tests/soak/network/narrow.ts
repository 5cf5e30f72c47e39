import { launchChromium, Person } from '../../harness/chromium.ts';
import { fellowsOf, speakersIn } from '../../harness/fellows.ts';
import { Lab } from '../../harness/lab.ts';
import { observe } from '../../harness/observe.ts';
import { picturesOf } from '../../harness/probes.ts';
import { sleep } from '../../harness/until.ts';
import { startWatch } from '../../harness/watch.ts';
import { aliceSends, room, say } from './call.ts';

const others = 8;
const rates = { down: 100, up: 64 } as const;
/** IPv4 20, UDP 8, RTP 12, transport-wide sequence number 8, SRTP tag 16 bytes. */
const headerBytes = 64;

/**
 * T2: nine in a call, one of them behind 100 kbit/s down and 64 up. She hears all of them with less than 5 % concealed, sees
 * a moving grid of at least 5 pictures a second, and is seen and heard. What it costs each minute stands next to what an
 * SFU would send her for the same room: the same eight streams, as the others send them to this server.
 * @returns what is wrong
 */
export async function narrowSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const seconds = quick ? 10 : 60;
  const lab = await Lab.start();
  try {
    const crowd = await lab.invite(room, { participants: others, speakers: others });
    const alice = await lab.open(room, 'Alice', aliceSends);
    const nearby = await launchChromium({ polite: false });
    try {
      const bob = await Person.open(nearby, lab.server.url, room, 'Bob', { tone: 0 });
      lab.host.limit(rates);
      await Promise.all([alice.enter(), bob.enter()]);
      await Promise.all([alice.inbound(), bob.inbound()]);
      await startWatch(alice);
      await sleep(10_000);
      const tile = bob.tileOf(alice.id);
      if (tile === undefined) return ['Alice has no tile.'];
      const [observed, pictures] = await Promise.all([
        observe(lab, alice, seconds),
        bob.page.evaluate(picturesOf, { tile, seconds }),
      ]);
      say(`${rates.down} kbit/s down, ${rates.up} up`, observed);
      const heard = speakersIn(alice, observed.span);
      const silent = [...fellowsOf(alice)].filter(
        ([name, id]) => name.startsWith('Load ') && !heard.has(id),
      );
      const { details } = await crowd.leave();
      const sfu = details
        .slice(0, others)
        .map(({ seconds: stayed, uplink: { bytes, videoPackets, audioPackets } }) => {
          return ((bytes + (videoPackets + audioPackets) * headerBytes) * 60) / stayed;
        })
        .reduce((sum, each) => sum + each, 0);
      const perMinute = (kbps: number): number => (kbps * 60 * 1000) / 8;
      const inKb = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
      console.table({
        'down, a minute': inKb(perMinute(observed.down.all)),
        'up, a minute': inKb(perMinute(observed.up.all)),
        'the same eight streams from an SFU, a minute': inKb(sfu),
        'pictures of Alice that Bob sees, a second': (pictures / seconds).toFixed(1),
      });
      const { picture, sound } = observed;
      const { concealed } = sound;
      return [
        ...(concealed < 0.05
          ? []
          : [`${(concealed * 100).toFixed(1)} % of the sound is concealed.`]),
        ...silent.map(([name]) => `${name} was not heard.`),
        ...(picture.fps >= 5 ? [] : [`The grid moves at ${picture.fps.toFixed(1)} fps.`]),
        ...(pictures / seconds >= 2 ? [] : [`Bob sees ${pictures} pictures of Alice.`]),
        ...(speakersIn(bob, observed.span).has(alice.id) ? [] : ['Bob does not hear Alice.']),
      ];
    } finally {
      await nearby.close();
    }
  } finally {
    await lab.stop();
  }
}
