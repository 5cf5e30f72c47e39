import { afterEach, expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
import { isNear, launchChromium, Person } from '../harness/chromium.ts';
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

const joinsOf = ({ received }: Person): number =>
  received.filter(({ type }) => type === 'joined').length;

/** Waits until somebody sees themselves, whoever they are by then: who returns late is somebody new. */
async function seesThemselves(person: Person): Promise<void> {
  await until(
    async () => {
      const seen = await person.colourOf(person.id);
      return seen !== null && isNear(seen, red);
    },
    async () => `${person.name} sees ${String(await person.colourOf(person.id))}`,
  );
}

/** Waits until somebody is in the room once more, and sees the picture; resolves with how long the first of it took. */
async function backMs(person: Person, joinsBefore: number): Promise<number> {
  const started = performance.now();
  await until(() => joinsOf(person) > joinsBefore);
  const took = performance.now() - started;
  await seesThemselves(person);
  expect(person.last('joined')!.participants.find(({ id }) => id === person.id)?.name).toBe(
    'Alice',
  );
  // The page itself was never loaded anew.
  expect(await person.page.evaluate(() => 'isTheSame' in window)).toBe(true);
  return took;
}

async function join(server: TestServer): Promise<{ alice: Person; renderers: number[] }> {
  // One that gets no time while others do loses its connections by itself.
  const browser = await launchChromium({ polite: false });
  open.push(browser);
  const alice = await Person.join(browser, server.url, 'again', 'Alice', media);
  await seesThemselves(alice);
  await alice.page.evaluate(() => Object.assign(window, { isTheSame: true }));
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  return { alice, renderers };
}

it('who slept for longer than the server waits is back by themselves on waking', async () => {
  const server = await start({
    // Connections are made within it, too, on a machine that is busy.
    ONEGRID_MEDIA_TIMEOUT_MS: '10000',
    ONEGRID_RESUME_MS: '1000',
    ONEGRID_RUNGS: 'high',
  });
  const { alice, renderers } = await join(server);
  const joins = joinsOf(alice);
  const gone = () => server.log.filter(({ msg }) => msg === 'participant left').length;
  const goneBefore = gone();
  for (const pid of renderers) process.kill(pid, 'SIGSTOP');
  await until(
    () => gone() > goneBefore,
    () => 'the server should have given up on Alice',
  );
  await sleep(500);
  for (const pid of renderers) process.kill(pid, 'SIGCONT');
  withinBar('back', await backMs(alice, joins), 5000);
});
