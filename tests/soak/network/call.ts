import type { Person } from '../../harness/chromium.ts';
import type { Crowd } from '../../harness/crowd.ts';
import type { FakeMedia } from '../../harness/fake-media.ts';
import { Lab, type LabOptions } from '../../harness/lab.ts';
import type { Observation } from '../../harness/observe.ts';
import { told } from '../../harness/observe.ts';
import { sleep } from '../../harness/until.ts';
import { startWatch } from '../../harness/watch.ts';

/** The room of every call. */
export const room = 'bad-network';

/** A call: synthetic participants who speak, and Alice in a real browser behind a link of her own. */
export interface Call {
  readonly lab: Lab;
  readonly alice: Person;
  readonly crowd: Crowd;
}

/** What Alice sends. */
export const aliceSends: FakeMedia = {
  ...{ colour: 'rgb(200,30,30)', width: 640, height: 360, fps: 25, barcode: true, busy: true },
  tone: 'speech',
};

/** Sets up a call, lets it settle, and ends it after what is done with it. */
export async function withCall<Result>(
  { others, media = aliceSends, ...options }: { others: number; media?: FakeMedia } & LabOptions,
  act: (call: Call) => Promise<Result>,
): Promise<Result> {
  const lab = await Lab.start(options);
  try {
    const crowd = await lab.invite(room, { participants: others, speakers: others });
    const alice = await lab.open(room, 'Alice', media);
    await alice.enter();
    await alice.inbound();
    await startWatch(alice);
    await sleep(5000);
    return await act({ lab, alice, crowd });
  } finally {
    await lab.stop();
  }
}

/** Says what was observed, and gives it on. */
export function say(what: string, observed: Observation): Observation {
  console.log(told(what, observed));
  return observed;
}
