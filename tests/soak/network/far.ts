import { launchChromium, Person } from '../../harness/chromium.ts';
import { observe } from '../../harness/observe.ts';
import { sleep } from '../../harness/until.ts';
import { say, withCall, room } from './call.ts';

/** Each direction takes 50 to 150 ms: a round trip of 200 in the mean, and 100 ms of jitter each way. */
const delay = { delayMs: 100, jitterMs: 50 } as const;

/**
 * T4: with a round trip of 200 ms and a jitter of 100 ms the rung changes at most twice in 60 s, and lips and sound are
 * together within 150 ms.
 * @returns what is wrong
 */
export function farSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const seconds = quick ? 10 : 60;
  const media = { colour: 'rgb(200,30,30)', tone: 'speech', fps: 15 } as const;
  return withCall({ others: 2, delay, media }, async ({ lab, alice }) => {
    const nearby = await launchChromium({ polite: false });
    try {
      const carol = await Person.join(nearby, lab.server.url, room, 'Carol', {
        ...{ colour: 'rgb(40, 60, 210)', tone: 1000, flashes: true },
        ...{ width: 640, height: 360, fps: 25 },
      });
      await sleep(quick ? 2000 : 20_000);
      const observed = say(
        '200 ms there and back, 100 ms of jitter',
        await observe(lab, alice, seconds),
      );
      // The others fall silent, so that beeps can be told.
      await lab.dismiss();
      await sleep(3000);
      const apart = (await alice.lipSync(carol.id, quick ? 5 : 20)).sort((a, b) => a - b);
      console.log(`sound behind picture, ms: ${apart.map((ms) => ms.toFixed(0)).join(' ')}`);
      const median = apart[apart.length >> 1] ?? NaN;
      const { changes } = observed;
      return [
        ...(changes.length <= 2 ? [] : [`The rung changed ${changes.length} times.`]),
        ...(Math.abs(median) <= 150
          ? []
          : [`Sound is ${median.toFixed(0)} ms behind the picture.`]),
      ];
    } finally {
      await nearby.close();
    }
  });
}
