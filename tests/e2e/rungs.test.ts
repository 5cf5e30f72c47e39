import { describe, expect, it } from 'vitest';
import type { Person } from '../harness/chromium.ts';
import { openHouse } from '../harness/house.ts';
import { traced } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

/** The rungs with a picture, as the page calls them. */
const pictures = {
  high: { name: 'High', size: [1280, 720], fps: 25 },
  medium: { name: 'Medium', size: [640, 360], fps: 25 },
  low: { name: 'Low', size: [320, 180], fps: 12.5 },
  tiny: { name: 'Lowest', size: [320, 180], fps: 6.25 },
} as const;
type PictureRung = keyof typeof pictures;

describe('the quality a receiver asks for', () => {
  // Freezes are counted: it must not be the browser that stands back.
  const house = openHouse(traced, { polite: false });

  /** Lets somebody in, and waits until so many pictures have come. */
  const join = async (room: string, name: string, pictures = 75): Promise<Person> => {
    const joined = await house.join(room, name, {
      colour: 'rgb(200,30,30)',
      tone: 440,
      fps: 10,
    });
    await until(async () => (await joined.inbound()).video.framesDecoded > pictures);
    return joined;
  };
  /** Rungs that are encoded now, by the metrics. */
  const encoded = async (): Promise<string[]> => {
    const metric = await house.server.metric('onegrid_video_encoders');
    return [...metric].flatMap(([label, value]) =>
      value > 0 ? [/rung="(\w+)"/.exec(label)?.[1] ?? label] : [],
    );
  };

  /** Asks for a rung, and waits until its picture is there. */
  async function changeTo(person: Person, rung: PictureRung): Promise<void> {
    const { name, size } = pictures[rung];
    await person.chooses(name);
    await until(() => person.last('quality')?.rung === rung);
    await until(
      async () => {
        const { frameWidth, frameHeight } = (await person.inbound()).video;
        return frameWidth === size[0] && frameHeight === size[1];
      },
      async () => JSON.stringify((await person.inbound()).video),
    );
  }

  it('moves them between all rungs, without a freeze, a lost packet or a plea for a keyframe', async () => {
    const alice = await join('rungs', 'Alice');
    expect(alice.last('quality')).toMatchObject({ rung: 'high', reason: 'auto' });
    const start = (await alice.inbound()).video;
    const sentAtStart = house.server.sentTo(alice.id).length;
    // Down step by step, up at once, and down at once.
    for (const rung of ['medium', 'low', 'tiny', 'high', 'low'] as const) {
      await changeTo(alice, rung);
      expect(alice.last('quality')).toMatchObject({ reason: 'requested' });
      const before = await alice.inbound();
      // Of 16 pictures, one more or less is no matter.
      await sleep(Math.max(1500, (16 * 1000) / pictures[rung].fps));
      const after = await alice.inbound();
      const seconds = (after.video.timestamp - before.video.timestamp) / 1000;
      const rate = (after.video.framesDecoded - before.video.framesDecoded) / seconds;
      expect(rate / pictures[rung].fps, `rate of ${rung}`).toBeGreaterThan(0.8);
      expect(rate / pictures[rung].fps, `rate of ${rung}`).toBeLessThan(1.2);
      expect(after.video.frameHeight).toBe(pictures[rung].size[1]);
      expect(after.audio.packetsReceived).toBeGreaterThan(before.audio.packetsReceived);
    }
    const end = (await alice.inbound()).video;
    const sent = house.server.sentTo(alice.id).slice(sentAtStart);
    // What is replayed at a switch is sent at once, and only the last of it is to be seen.
    const replayed = sent.filter(({ at }, index) => at - (sent[index - 1]?.at ?? 0) < 2).length;
    console.log(`${sent.length} pictures, ${replayed} of them replayed,`, {
      freezes: end.freezeCount - start.freezeCount,
      dropped: end.framesDropped - start.framesDropped,
    });
    expect(end.ssrc).toBe(start.ssrc);
    expect(end.freezeCount).toBe(start.freezeCount);
    expect(end.pliCount).toBe(start.pliCount);
    expect(end.packetsLost).toBe(start.packetsLost);
    expect(end.framesDropped - start.framesDropped).toBeLessThanOrEqual(
      replayed + 0.02 * sent.length,
    );
  });

  it('sends no picture where only sound is wanted, and goes on from there', async () => {
    // Silence is left out: somebody else is to be heard.
    await house.join('sound', 'Bob', { tone: 750 });
    const alice = await join('sound', 'Alice');
    await until(async () => (await alice.hears([750]))[0]! > -60);
    await alice.chooses('Sound only');
    await until(() => alice.last('quality')?.rung === 'audio');
    await sleep(300);
    const before = await alice.inbound();
    await sleep(2000);
    const after = await alice.inbound();
    expect(after.video.packetsReceived).toBe(before.video.packetsReceived);
    // 60 ms each.
    const packets = after.audio.packetsReceived - before.audio.packetsReceived;
    const seconds = (after.audio.timestamp - before.audio.timestamp) / 1000;
    expect(packets / seconds / (1000 / 60)).toBeGreaterThan(0.8);
    expect(packets / seconds / (1000 / 60)).toBeLessThan(1.2);
    await changeTo(alice, 'high');
    // The size was the same before: only pictures tell that they are back.
    const { framesDecoded } = after.video;
    await until(async () => (await alice.inbound()).video.framesDecoded > framesDecoded + 5);
    const back = (await alice.inbound()).video;
    await sleep(2000);
    const end = (await alice.inbound()).video;
    expect(end.ssrc).toBe(before.video.ssrc);
    expect(end.pliCount).toBe(before.video.pliCount);
    expect(end.packetsLost).toBe(before.video.packetsLost);
    // The browser takes the pause itself for a freeze, but nothing after it.
    expect(end.freezeCount).toBe(back.freezeCount);
    const rate =
      (1000 * (end.framesDecoded - back.framesDecoded)) / (end.timestamp - back.timestamp);
    expect(rate).toBeGreaterThan(0.7 * 25);
  });

  it('costs an encoder only while somebody watches', async () => {
    const alice = await join('cost', 'Alice', 25);
    await house.attend('cost', 'Listener');
    const keyframes = async (rung: string): Promise<number> =>
      (await house.server.metric('onegrid_keyframes_total')).get(`{rung="${rung}"}`) ?? 0;
    await until(async () => (await encoded()).join() === 'high');
    const before = { low: await keyframes('low'), tiny: await keyframes('tiny') };
    await changeTo(alice, 'low');
    await until(async () => (await encoded()).join() === 'low');
    expect(await keyframes('low')).toBe(before.low + 1);
    expect(await keyframes('tiny')).toBe(before.tiny);
    await alice.chooses('Sound only');
    await until(async () => (await encoded()).length === 0);
    const composed = await house.server.metricSum('onegrid_frames_composited_total');
    await sleep(1500);
    expect(await house.server.metricSum('onegrid_frames_composited_total')).toBe(composed);
    await changeTo(alice, 'high');
    await until(async () => (await encoded()).join() === 'high');
  });

  it('is low from the start where the browser is to save data, and what is chosen then', async () => {
    const alice = await house.open('saver', 'Alice', { colour: 'rgb(200,30,30)', fps: 10 });
    await alice.page.addInitScript(() => {
      Object.defineProperty(navigator, 'connection', {
        value: Object.assign(new EventTarget(), { saveData: true }),
      });
    });
    await alice.page.reload();
    await alice.page.getByRole('textbox', { name: 'Your name' }).fill('Alice');
    await alice.enter();
    await until(() => alice.last('quality')?.rung === 'low');
    expect(alice.last('quality')).toMatchObject({ reason: 'requested' });
    await alice.chooses('High');
    await until(() => alice.last('quality')?.rung === 'high');
    expect(new Set(rungsOf(alice))).toEqual(new Set(['low', 'high']));
  });
});

/** The rungs somebody was told of, in order. */
const rungsOf = ({ received }: Person): string[] =>
  received.flatMap((message) => (message.type === 'quality' ? [message.rung] : []));
