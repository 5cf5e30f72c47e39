import { afterEach, expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
import { launchChromium, Person } from '../harness/chromium.ts';
import type { Rgb } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const media = { colour: `rgb(${red.join(',')})`, tone: 440, fps: 10 };

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const start = async (settings: Record<string, string>): Promise<TestServer> => {
  const server = await TestServer.start(settings);
  open.push({ close: () => server.stop() });
  return server;
};

/** Waits until somebody is in the room for the second time, and sees the picture; resolves with how long that took. */
async function backMs(person: Person): Promise<number> {
  const started = performance.now();
  const joins = () => person.received.filter(({ type }) => type === 'joined').length;
  await until(() => joins() >= 2);
  const took = performance.now() - started;
  await person.sees(person.id, red);
  expect(person.last('joined')!.participants.find(({ id }) => id === person.id)?.name).toBe(
    'Alice',
  );
  // The page itself was never loaded anew.
  expect(await person.page.evaluate(() => 'isTheSame' in window)).toBe(true);
  return took;
}

async function join(server: TestServer): Promise<{ alice: Person; renderers: number[] }> {
  const browser = await launchChromium();
  open.push(browser);
  const alice = await Person.join(browser, server.url, 'again', 'Alice', media);
  await alice.sees(alice.id, red);
  await alice.page.evaluate(() => Object.assign(window, { isTheSame: true }));
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  return { alice, renderers };
}

it('who slept for longer than the server waits is back by themselves on waking', async () => {
  const server = await start({ ONEGRID_MEDIA_TIMEOUT_MS: '4000', ONEGRID_RESUME_MS: '1000' });
  const { alice, renderers } = await join(server);
  for (const pid of renderers) process.kill(pid, 'SIGSTOP');
  await until(
    () => server.log.some(({ msg }) => msg === 'participant left'),
    () => 'the server should have given up on Alice',
  );
  await sleep(500);
  for (const pid of renderers) process.kill(pid, 'SIGCONT');
  withinBar('back', await backMs(alice), 5000);
});
