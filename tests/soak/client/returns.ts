import { type Fault, faults, Returns } from '../../harness/returns.ts';

const bar = 5000;

/**
 * T2: the gateway killed and started again, the room process killed, the WebSocket cut, the network down for 10 s, the page
 * stopped for 5 s, ten times each: back without a click within 5 s of the cause's end, as the same participant where the
 * server still knew them.
 * @returns what is wrong
 */
export async function returnsSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const wrong: string[] = [];
  const rounds = quick ? 1 : 10;
  const returns = await Returns.start();
  try {
    const took = new Map<Fault, number[]>(faults.map((fault) => [fault, []]));
    // One of each in turn: a room process that dies three times within a minute is not started again.
    for (let round = 0; round < rounds; round += 1) {
      for (const fault of faults) {
        const { backMs, isSame, wasKnown, isSamePage, hasChat } = await returns.strike(fault);
        took.get(fault)?.push(Math.round(backMs));
        if (backMs > bar) wrong.push(`${fault}: back after ${backMs.toFixed(0)} ms.`);
        if (isSame !== wasKnown) wrong.push(`${fault}: the participant is another one.`);
        if (!isSamePage) wrong.push(`${fault}: the page was loaded anew.`);
        if (!hasChat) wrong.push(`${fault}: the page does not have the chat as it was.`);
      }
    }
    for (const [fault, all] of took) {
      console.log(`${fault.padEnd(10)} back after ${all.sort((a, b) => a - b).join(', ')} ms`);
    }
  } finally {
    await returns.stop();
  }
  return wrong;
}
