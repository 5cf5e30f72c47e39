import { Lab } from './harness/lab.ts';
import { sleep } from './harness/until.ts';
import { startWatch, readWatch } from './harness/watch.ts';
import { pictureSeen, soundHeard } from './harness/seen.ts';
export async function main(argv: string[]) {
  const t0 = performance.now();
  const lap = (...s: unknown[]) => console.log(((performance.now() - t0) / 1000).toFixed(1), ...s);
  const delay = argv[0] === 'relay' ? { delayMs: 100, jitterMs: 50 } : undefined;
  const lab = await Lab.start(delay ? { delay } : {});
  try {
    lap('started');
    await lab.invite('r', { participants: 3, speakers: 3 });
    lap('crowd');
    const p = await lab.open('r', 'Alice', { colour: 'rgb(200,30,30)', tone: 'speech', width: 320, height: 180, fps: 15 });
    await p.enter();
    await p.inbound();
    lap('media');
    await startWatch(p);
    await sleep(6000);
    const rtt = () => p.page.evaluate(async () => { const out: unknown[] = []; for (const peer of (window as any).testPeers) for (const s of (await peer.getStats()).values()) if (s.type === 'candidate-pair' && s.nominated) out.push(s.currentRoundTripTime); return out; });
    const look = async (what: string, seconds: number) => {
      const from = Date.now();
      const r = await lab.rates(seconds);
      const to = Date.now() - 200;
      const seen = await readWatch(p);
      lap(what, JSON.stringify(pictureSeen(seen, { from, to })), JSON.stringify(soundHeard(seen, { from, to })), 'down', r.down.all.toFixed(0), 'up', r.up.all.toFixed(0), JSON.stringify(await rtt()), p.last('quality')?.rung, seen.frames.length, seen.sound.length);
      const { video } = await p.inbound();
      lap(JSON.stringify({ pli: video.pliCount, f: video.freezeCount, lost: video.packetsLost, nack: (video as any).nackCount, tf: (video as any).totalFreezesDuration }));
    };
    await look('good', 6);
    if (argv[0] === 'relay') return;
    lab.host.limit({ down: 900, up: 500 });
    await look('900 on high', 6);
    await p.chooses('Low');
    lab.host.limit({ down: 300, up: 100 });
    await look('300 on low', 6);
    lab.host.limit(null);
    await p.chooses('Medium');
    lab.host.lose({ down: 5, up: 5 });
    await look('5 % on medium', 8);
    lab.host.lose({ down: 0, up: 0 });
    await look('good again', 5);
  } finally { await lab.stop(); lap('stopped'); }
}
