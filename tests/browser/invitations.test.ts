import { expect, it } from 'vitest';
import type { Role } from '../../mcu/protocol/common.ts';
import { openHouse } from '../harness/house.ts';
import { inAnHour, tokenOf, tokenSecret } from '../harness/tokens.ts';
import { patienceMs, until } from '../harness/until.ts';

const house = openHouse({ ONEGRID_TOKEN_SECRET: tokenSecret, ONEGRID_RUNGS: 'high' });
const link = (role: Role): string => `links#token=${tokenOf({ room: 'links', role })}`;
const red = [200, 30, 30] as const;

it('by their links a host records and shows people the door, and a viewer sees the picture and is not in it', async () => {
  const hanna = await house.join(link('host'), 'Hanna', {
    colour: `rgb(${red.join(',')})`,
    tone: 0,
  });
  const vera = await house.open(link('viewer'), 'Vera', {});
  const { page } = vera;
  // Neither the address nor the lobby tells who has the link, nor asks for devices.
  expect(page.url()).toBe(`${house.server.url}/r/links`);
  await page.reload();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Vera');
  expect(await page.getByRole('button', { name: 'Camera' }).count()).toBe(0);
  await vera.enter();

  await vera.sees(hanna.id, [...red]);
  await until(() => hanna.tileOf(hanna.id) !== undefined);
  for (const each of [hanna, vera]) {
    expect(each.tileOf(hanna.id)).toBeDefined();
    expect(each.tileOf(vera.id)).toBeUndefined();
  }
  expect(await vera.outbound()).toBeNull();
  const names = ['Record', 'Mute', 'Unmute', 'Start video', 'Share screen', 'Layout', 'Raise hand'];
  for (const name of names) {
    expect(await page.getByRole('button', { name, exact: true }).count(), name).toBe(0);
  }
  await page.keyboard.press('m');
  await page.keyboard.press('v');
  const list = hanna.page.getByRole('listitem').filter({ hasText: 'Vera' });
  await list.filter({ hasText: 'watching' }).waitFor();

  await hanna.press('Record');
  await page.getByText('Recording', { exact: true }).waitFor();
  await hanna.press('Stop recording');
  await until(() => hanna.last('recording')?.state === 'complete');
  const recordings = await hanna.page.context().newPage();
  const token = tokenOf({ room: '*', role: 'host' });
  await recordings.goto(`${house.server.url}/recordings#token=${token}`);
  const play = recordings.getByRole('button', { name: /^Play links/ });
  await play.waitFor();
  await until(() =>
    play.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth > 0, undefined),
  );
  await recordings.close();

  await list.getByRole('button', { name: 'Mute or remove Vera' }).click();
  await list.getByRole('button', { name: 'Remove Vera', exact: true }).click();
  const dialog = hanna.page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('You were removed from the room.').waitFor();
  expect([...hanna.complaints, ...vera.complaints]).toEqual([]);
});

it('without an invitation, or with one that is over or for another room, the page says so', async () => {
  const context = await house.browser.newContext();
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const says = (name: string) => page.getByRole('heading', { name }).waitFor();
  await page.goto(`${house.server.url}/r/links`);
  await says('You need an invitation to this room');
  const expired = tokenOf({ room: 'links', role: 'host', exp: inAnHour() - 3700 });
  await page.goto('about:blank');
  await page.goto(`${house.server.url}/r/links#token=${expired}`);
  await says('Your invitation has expired');
  await page.goto('about:blank');
  await page.goto(`${house.server.url}/r/links#token=${tokenOf({ room: 'attic', role: 'guest' })}`);
  await says('You are invited to another room');
  await page.getByRole('link', { name: 'Go to attic' }).click();
  const name = page.getByRole('textbox', { name: 'Your name' });
  await name.waitFor();
  expect(page.url()).toBe(`${house.server.url}/r/attic`);
  await context.close();
});
