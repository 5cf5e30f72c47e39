import { chromium } from 'playwright-core';
const url = process.argv[2], n = Number(process.argv[3] ?? 40), load = Number(process.argv[4] ?? 0);
const { spawn } = await import('node:child_process');
const hogs = Array.from({ length: load }, () => spawn('node', ['-e', 'for(;;);']));
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--use-fake-ui-for-media-stream','--use-fake-device-for-media-stream','--autoplay-policy=no-user-gesture-required','--disable-background-timer-throttling','--disable-renderer-backgrounding','--disable-backgrounding-occluded-windows'], headless: true });
const out = [];
for (let i = 0; i < n; i++) {
  const c = await b.newContext(); const p = await c.newPage();
  const log = []; p.on('websocket', (w) => { const t0 = Date.now(); w.on('framereceived', ({payload}) => { const m = JSON.parse(payload); log.push([Date.now()-t0, '<', m.type, m.pc ?? m.rung ?? '']); }); w.on('framesent', ({payload}) => { const m = JSON.parse(payload); log.push([Date.now()-t0, '>', m.type, m.pc ?? '']); }); });
  await p.goto(`${url}/r/j${i}`); await p.getByRole('textbox', { name: 'Your name' }).fill('A');
  const t = Date.now(); await p.getByRole('button', { name: 'Join', exact: true }).click();
  await p.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0, null, { timeout: 30000, polling: 20 }).catch(() => {});
  const ms = Date.now() - t; out.push(ms);
  if (ms > 1500 + 500*load) console.log(i, ms, JSON.stringify(log));
  await c.close();
}
console.log(out.join(' '));
for (const h of hogs) h.kill();
await b.close();
