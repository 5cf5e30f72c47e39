import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Participant } from '../../mcu/protocol/common.ts';
import type { Person } from '../harness/chromium.ts';
import { openHouse } from '../harness/house.ts';
import type { Rgb } from '../harness/probes.ts';
import { sleep, until } from '../harness/until.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */
const red: Rgb = [200, 30, 30];
const orange: Rgb = [250, 140, 20];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const voice = 440;
const music = 1170;
/** A video without pictures is taken for stalled after 3 s. */
const stillMs = 4000;

/** Another tab of theirs, of one colour, still and with a tone. The browser chooses it by its title. */
async function openSlides({ page: own }: Person): Promise<Page> {
  const page = await own.context().newPage();
  await page.setContent(`<title>Slides</title><style>html { background: ${css(orange)} }</style>`);
  await page.evaluate((hertz) => {
    const context = new AudioContext();
    const oscillator = new OscillatorNode(context, { frequency: hertz });
    const gain = new GainNode(context, { gain: 0.2 });
    oscillator.connect(gain).connect(context.destination);
    oscillator.start();
  }, music);
  await own.bringToFront();
  return page;
}

/** What somebody was told last of somebody else. */
function known(to: Person, { id }: Person): Participant | undefined {
  const message = to.received.findLast(
    (each) => each.type === 'participant' && each.participant.id === id,
  );
  return message?.type === 'participant' ? message.participant : undefined;
}

/** Waits until somebody hears the one tone and not the other. */
async function hearsOnly(person: Person, tone: number, other: number): Promise<void> {
  let levels: number[] = [];
  await until(
    async () => {
      levels = await person.hears([tone, other]);
      return levels[0]! > -60 && levels[0]! - levels[1]! > 30;
    },
    () => `${String(tone)} and ${String(other)} Hz are at ${levels.join(' and ')} dB`,
  );
}

describe('a shared screen', () => {
  const house = openHouse(
    { ONEGRID_RUNGS: 'high' },
    { realScreen: true, more: ['--auto-select-tab-capture-source-by-title=Slides'] },
  );

  it('is large in place of the camera, still or not, and heard, until the shared tab is closed', async () => {
    const ana = await house.join('share', 'Ana', { colour: css(red), tone: voice, fps: 10 });
    const ben = await house.join('share', 'Ben', {});
    await ben.sees(ana.id, red);
    const slides = await openSlides(ana);
    await ana.press('Share screen');
    const stop = ana.page.getByRole('button', { name: 'Stop sharing', exact: true });
    await stop.waitFor();
    // Its pictures may be there before it is told where they are.
    const { canvas } = ben.last('layout')!;
    await until(() => {
      const [large] = ben.last('layout')!.tiles;
      return large?.participantId === ana.id && large.width > canvas.width * 0.6;
    });
    await ben.sees(ana.id, orange);
    // Oneself sees it, too, and not one’s camera over it.
    expect(await ana.page.locator('video').count()).toBe(1);
    await until(async () => {
      const levels = await ben.hears([voice, music]);
      return levels.every((level) => level > -60);
    });

    await ana.press('Mute');
    await until(() => known(ben, ana)?.audio === false);
    await hearsOnly(ben, music, voice);

    // It goes on when the room's media is restarted, and while nothing in it moves.
    await house.server.killRoom('share');
    await until(() => ben.last('reset') !== undefined);
    await sleep(stillMs);
    await ben.sees(ana.id, orange);
    await hearsOnly(ben, music, voice);
    expect(known(ben, ana)).toMatchObject({ video: true, source: 'screen' });

    await slides.close();
    await stop.waitFor({ state: 'detached' });
    await ben.sees(ana.id, red);
    await until(() => ben.last('layout')!.tiles[0]!.width < canvas.width * 0.6);
  });
});
