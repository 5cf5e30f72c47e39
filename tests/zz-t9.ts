import { Lab } from './harness/lab.ts';
import { sleep, until } from './harness/until.ts';
export async function main() {
  const t0 = performance.now();
  const lap = (s: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), s);
  const lab = await Lab.start();
  try {
    lap('started');
    await lab.invite('r', { participants: 8, speakers: 8 });
    lap('crowd');
    const p = await lab.open('r', 'Alice', { colour: 'rgb(200,30,30)', tone: 'speech', width: 640, height: 360, fps: 25, busy: true });
    lap('opened');
    await p.enter();
    lap('entered');
    await p.inbound();
    lap('media');
    lab.host.wire();
    for (const [name, rung] of [['High','high'],['Medium','medium'],['Low','low'],['Lowest','tiny'],['Sound only','audio']] as const) {
      await p.chooses(name);
      await until(() => p.last('quality')?.rung === rung, 5000);
      await sleep(4000);
      const r = await lab.rates(10);
      for (const d of ['down','up'] as const) console.log(rung, d, r[d].all.toFixed(1), 'pkt/s', r[d].packets.toFixed(1), JSON.stringify(Object.fromEntries(Object.entries(r[d].kinds).map(([k,v])=>[k,+v.toFixed(1)]))));
      console.log(JSON.stringify(p.last('uplink')), JSON.stringify(p.last('quality')));
    }
  } finally { await lab.stop(); lap('stopped'); }
}
