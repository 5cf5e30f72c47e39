import { abuse } from '../../harness/hostile/abuse.ts';

const sockets = 500;

/**
 * T6: 500 slow connections and 10,000 packets a second of garbage at the media ports, for 10 s: somebody joins within 3 s, and a
 * call goes on as it did before.
 * @returns what is wrong
 */
export async function abuseSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const wrong: string[] = [];
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    const report = await abuse({ sockets, packetsPerSecond: 10_000, seconds: quick ? 3 : 10 });
    const { control, attacked, joinMs, garbage, slowOpen, fps, gapMaxMs, restarts } = report;
    const of = (all: typeof control): string =>
      all
        .map(({ pictures, longestGapMs }) => `${String(pictures)} (${String(longestGapMs)} ms)`)
        .join(', ');
    console.log(
      `pictures sent (longest gap): ${of(control)} before, ${of(attacked)} under ${String(garbage.sent)} packets in ` +
        `${garbage.seconds.toFixed(1)} s at ${String(garbage.ports)} ports and ${String(sockets)} slow connections, ` +
        `${String(slowOpen)} of them open to the end; ` +
        `joined in ${joinMs.toFixed(0)} ms; ${String(fps)} fps received, longest gap ${String(gapMaxMs)} ms`,
    );
    if (garbage.ports < 4) wrong.push('Too few ports were found.');
    if (garbage.sent / garbage.seconds < 9500) wrong.push('Too little garbage was sent.');
    if (joinMs > 3000) wrong.push(`It took ${joinMs.toFixed(0)} ms to join.`);
    if (restarts > 0) wrong.push('A room process died.');
    attacked.forEach(({ pictures, longestGapMs }, index) => {
      const before = control[index]!;
      if (pictures < before.pictures * 0.95)
        wrong.push(`${String(pictures)} pictures, ${String(before.pictures)} before.`);
      if (longestGapMs > 100 + 2 * before.longestGapMs)
        wrong.push(`A gap of ${String(longestGapMs)} ms.`);
    });
    wrong.push(...report.complaints.map((each) => JSON.stringify(each)));
  }
  return wrong;
}
