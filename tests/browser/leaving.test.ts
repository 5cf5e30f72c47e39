import { expect, it } from 'vitest';
import { openHouse } from '../harness/house.ts';
import { until } from '../harness/until.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */

// Whose connection is lost without a word is waited for, and for much longer than any test waits.
const house = openHouse({ ONEGRID_RESUME_MS: '600000', ONEGRID_RUNGS: 'high' });

it('who closes the tab, or goes to another page, is gone at once, however much they are being told', async () => {
  const ben = await house.attend('noise', 'Ben');
  for (const how of ['close', 'go']) {
    const ana = await house.join('noise', 'Ana', { colour: '#5b6fa8', fps: 5 });
    await until(() => ana.last('layout')?.tiles.length === 2);
    // What still arrives at a socket that is closed makes the system reset it, and what was to be said is lost.
    const noise = setInterval(() => {
      ben.send({ type: 'react', emoji: '🎉' });
    }, 25);
    try {
      await until(() => ana.received.filter(({ type }) => type === 'reaction').length > 20);
      const { id } = ana;
      if (how === 'close') await ana.page.close();
      else await ana.page.goto('about:blank');
      await ben.next('participant', (message) => {
        return message.event === 'left' && message.participant.id === id;
      });
      await house.server.logged('participant left', { participant: id });
      const said = house.server.log.filter((line) => line['participant'] === id);
      expect(said.map(({ msg }) => msg)).not.toContain('participant away');
    } finally {
      clearInterval(noise);
    }
  }
});

it('who goes back to a page that the browser has kept is back in the room', async () => {
  const ana = await house.join('kept', 'Ana', { colour: '#5b6fa8', fps: 5 });
  const ben = await house.attend('kept', 'Ben');
  const { id } = ana;
  const turn = (type: 'pagehide' | 'pageshow'): Promise<unknown> =>
    ana.page.evaluate((name) => {
      window.dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
    }, type);
  await turn('pagehide');
  await ben.next(
    'participant',
    ({ event, participant }) => event === 'left' && participant.id === id,
  );
  await ana.page.getByText('You left the room.').waitFor();
  await turn('pageshow');
  await ben.next(
    'participant',
    ({ event, participant }) => event === 'joined' && participant.id !== id,
  );
  await ana.page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
  const again = ana.last('joined')!;
  expect(again.participants.find((each) => each.id === again.participantId)?.video).toBe(true);
});
