import { SignallingClient } from '../../harness/client.ts';
import { ask } from '../../harness/hostile/ask.ts';
import { flood } from '../../harness/hostile/flood.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { heapInUse } from '../../harness/memory.ts';
import { negotiate } from '../../harness/hostile/negotiations.ts';
import { play, sumOf } from '../../harness/hostile/play.ts';
import { again, fuzzSeed } from '../../harness/hostile/seed.ts';
import { liveMemoryOf } from '../live-memory.ts';

/** Messages and requests, so many in each of so many rounds; their memory is looked at after each. */
async function gatewayRounds(rounds: number, messages: number): Promise<string[]> {
  const gateway = await HostileGateway.start('silent');
  const wrong: string[] = [];
  try {
    const heaps: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const seed = fuzzSeed + round * 17;
      const players = Array.from({ length: 8 }, (_, index) =>
        play(gateway.url, `fuzz${String(index)}`, messages / 8, seed + index * 1e6),
      );
      const [asked, ...played] = await Promise.all([
        ask(gateway.port, messages / 10, seed),
        ...players,
      ]);
      const all = sumOf(played);
      wrong.push(...all.wrong, ...asked.wrong);
      heaps.push((await heapInUse()) / 1e6);
      console.log(
        `${String(all.sent)} messages (${String(all.valid)} valid), ${String(asked.sent)} requests, ` +
          `${String(gateway.reached)} commands reached rooms so far, heap ${heaps.at(-1)!.toFixed(1)} MB`,
      );
    }
    const grown = heaps.at(-1)! - heaps[0]!;
    if (grown > 10) wrong.push(`The heap grew by ${grown.toFixed(1)} MB.`);
    wrong.push(...gateway.complaints);
  } finally {
    await gateway.stop();
  }
  return wrong;
}

/** So much may a room process grow by, MiB, garbage collected. */
const mostGrown = 20;

/** Messages to rooms with real media, and packets on connections of theirs. */
async function realRooms(messages: number, packets: number): Promise<string[]> {
  // Somebody without media keeps the room that packets go to.
  const gateway = await HostileGateway.start('real', { ONEGRID_MEDIA_TIMEOUT_MS: '600000' });
  try {
    const bystander = await SignallingClient.join(gateway.url, 'raw', 'Bystander');
    const { pid } = gateway.realRooms[0]!;
    await flood(gateway.url, 'raw', packets / 10, fuzzSeed + 1);
    const before = await liveMemoryOf(pid);
    const [sent, ...played] = await Promise.all([
      flood(gateway.url, 'raw', packets),
      ...[0, 1, 2, 3].map((index) =>
        play(gateway.url, `real${String(index)}`, messages / 4, fuzzSeed + index * 1e6, 250),
      ),
    ]);
    const all = sumOf(played);
    const grown = gateway.deaths.length > 0 ? 0 : (await liveMemoryOf(pid)) - before;
    console.log(
      `${String(all.sent)} messages to real rooms, ${String(sent.sent)} of ${String(sent.made)} packets went out, ` +
        `${String(gateway.deaths.length)} room processes died, that of the packets grew by ${grown.toFixed(1)} MiB`,
    );
    await bystander.close();
    return [
      ...(grown > mostGrown ? [`A room process grew by ${grown.toFixed(1)} MiB.`] : []),
      ...[...all.wrong, ...gateway.complaints, ...gateway.deaths],
    ];
  } finally {
    await gateway.stop();
  }
}

/**
 * T5, longer: ten rounds of 110,000 messages and requests, 40,000 messages and 200,000 packets for real rooms, and 20,000
 * descriptions in real PeerConnections.
 * @returns what is wrong
 */
export async function fuzzSoak({ quick }: { quick: boolean }): Promise<string[]> {
  console.log(again('everything'));
  const wrong = await gatewayRounds(quick ? 2 : 10, quick ? 4000 : 100_000);
  wrong.push(...(await realRooms(quick ? 1000 : 40_000, quick ? 1500 : 200_000)));
  const {
    made,
    tried,
    candidates,
    answered,
    refused,
    wrong: faults,
  } = await negotiate(quick ? 190 : 20_000);
  console.log(
    `${String(made)} descriptions, ${String(tried)} of them and ${String(candidates)} candidates to PeerConnections: ` +
      `${String(answered)} offers answered, ${String(refused)} descriptions refused`,
  );
  return [...wrong, ...faults].map((each) => each.slice(0, 2000));
}
