import { observe } from '../../harness/observe.ts';
import { type Call, say, withCall } from './call.ts';

/** What a loss, in percent of the packets of each direction, may do. */
interface Bounds {
  readonly percent: number;
  /** The longest a picture may stand. */
  readonly longestMs: number;
  /** Of the sound, 0 to 1. */
  readonly concealed: number;
  readonly fps: number;
}

/**
 * 2 and 5 %: hardly to be noticed. 10 %: usable, which is a picture that moves and never stands for two seconds, and sound of
 * which a word can be lost, no sentence. 20 %: whatever comes, the call stays.
 */
const bounds: readonly Bounds[] = [
  { percent: 2, longestMs: 500, concealed: 0.02, fps: 5 },
  { percent: 5, longestMs: 500, concealed: 0.02, fps: 5 },
  { percent: 10, longestMs: 2000, concealed: 0.05, fps: 5 },
  { percent: 20, longestMs: Infinity, concealed: 1, fps: 0 },
];

/**
 * T3: 2, 5, 10 and 20 % of the packets of both directions are lost, each of them by itself; after 20 % the call is back
 * within 3 s.
 * @returns what is wrong
 */
export function lossSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const seconds = quick ? 8 : 30;
  return withCall({ others: 3 }, async (call) => {
    const { lab, alice } = call;
    const wrong: string[] = [];
    say('no loss', await observe(lab, alice, seconds));
    for (const { percent, longestMs, concealed, fps } of bounds) {
      lab.host.lose({ down: percent, up: percent });
      // It takes a moment to be seen, and answered.
      say(`${percent} % loss, at first`, await observe(lab, alice, 3));
      const { picture, sound } = say(`${percent} % loss`, await observe(lab, alice, seconds));
      if (picture.longestMs > longestMs) {
        wrong.push(`At ${percent} % a picture stood for ${picture.longestMs.toFixed(0)} ms.`);
      }
      if (sound.concealed >= concealed && percent < 20) {
        wrong.push(`At ${percent} % ${(sound.concealed * 100).toFixed(1)} % was concealed.`);
      }
      if (picture.fps < fps) wrong.push(`At ${percent} % it was ${picture.fps.toFixed(1)} fps.`);
    }
    return [...wrong, ...(await recovery(call))];
  });
}

/** After the worst: nothing was connected anew, and three seconds later all is well. */
async function recovery({ lab, alice }: Call): Promise<string[]> {
  lab.host.lose({ down: 0, up: 0 });
  say('3 s after', await observe(lab, alice, 3));
  const { picture, sound } = say('and then', await observe(lab, alice, 5));
  const offers = alice.received.filter(({ type }) => type === 'offer').length;
  return [
    ...(offers === 1 ? [] : [`The downlink was offered ${offers} times.`]),
    ...(alice.received.some(({ type }) => type === 'closed') ? ['Alice was thrown out.'] : []),
    ...(picture.freezes === 0 && picture.fps >= 5
      ? []
      : [`3 s after, it is ${picture.fps.toFixed(1)} fps with ${picture.freezes} freezes.`]),
    ...(sound.concealed < 0.02
      ? []
      : [`3 s after, ${(sound.concealed * 100).toFixed(1)} % is concealed.`]),
  ];
}
