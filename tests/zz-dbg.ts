import { Lab } from './harness/lab.ts';
import { sleep } from './harness/until.ts';
import { execSync } from 'node:child_process';
export async function main() {
  const lab = await Lab.start({ delay: { delayMs: 100, jitterMs: 50 } });
  try {
    const p = await lab.open('r', 'Alice', { colour: 'rgb(200,30,30)', tone: 'speech', width: 320, height: 180, fps: 15 });
    lab.host.wire();
    await p.enter();
    await sleep(5000);
    const w = lab.host.wire();
    console.log(JSON.stringify(w));
    console.log(execSync('ss -lunp | head -100').toString());
    console.log(await p.page.evaluate(async () => { const out: unknown[] = []; for (const peer of (window as any).testPeers) { out.push(peer.iceConnectionState, peer.remoteDescription?.sdp.match(/a=candidate.*/g)); for (const s of (await peer.getStats()).values()) if (s.type === 'candidate-pair' || s.type.endsWith('candidate')) out.push(JSON.stringify(s)); } return out; }));
    for (const m of p.received) if (m.type === 'candidate') console.log(JSON.stringify(m));
  } finally { await lab.stop(); }
}
