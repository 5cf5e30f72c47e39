import { describe, expect, it } from 'vitest';
import type { Person } from '../harness/chromium.ts';
import { Hiccups } from '../harness/hiccups.ts';
import { openHouse } from '../harness/house.ts';
import { traced } from '../harness/server.ts';
import { settled, sleep, until } from '../harness/until.ts';

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

  /** Waits until somebody gets pictures at the rate of a rung, to a fifth. */
  async function hasRateOf(person: Person, rung: PictureRung): Promise<void> {
    const { fps } = pictures[rung];
    let rate = NaN;
    await until(
      async () => {
        const before = (await person.inbound()).video;
        // Of 16 pictures, one more or less is no matter.
        await sleep(Math.max(1500, (16 * 1000) / fps));
        const after = (await person.inbound()).video;
        rate =
          (1000 * (after.framesDecoded - before.framesDecoded)) /
          (after.timestamp - before.timestamp);
        return rate > 0.8 * fps && rate < 1.2 * fps;
      },
      () => `${rung} should be ${String(fps)} pictures a second, is ${String(rate)}`,
    );
  }

  /** Made so far. */
  const keyframes = async (rung: PictureRung): Promise<number> =>
    (await house.server.metric('onegrid_keyframes_total')).get(`{rung="${rung}"}`) ?? 0;

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
    // Over a busy machine the first look may show less room than there is.
    await until(() => {
      const { rung, reason } = alice.last('quality') ?? {};
      return rung === 'high' && reason === 'auto';
    });
    const hiccups = new Hiccups();
    const start = (await alice.inbound()).video;
    const sentAtStart = house.server.sentTo(alice.id).length;
    // Down step by step, up at once, and down at once.
    for (const rung of ['medium', 'low', 'tiny', 'high', 'low'] as const) {
      await changeTo(alice, rung);
      expect(alice.last('quality')).toMatchObject({ reason: 'requested' });
      const before = await alice.inbound();
      await hasRateOf(alice, rung);
      const after = await alice.inbound();
      expect(after.video.frameHeight).toBe(pictures[rung].size[1]);
      expect(after.audio.packetsReceived).toBeGreaterThan(before.audio.packetsReceived);
    }
    const end = (await alice.inbound()).video;
    const sent = house.server.sentTo(alice.id).slice(sentAtStart);
    const { all } = await hiccups.take();
    await hiccups.stop();
    // A browser calls 150 ms without a picture a freeze (W3C webrtc-stats, freezeCount): those the machine made do not count.
    const machines = all.filter((ms) => ms > 50).length;
    const machineMs = all.reduce((sum, ms) => sum + ms, 0);
    // What is replayed at a switch is sent at once, and only the last of it is to be seen; so with what waited for the machine.
    const replayed = sent.filter(({ at }, index) => at - (sent[index - 1]?.at ?? 0) < 2).length;
    console.log(`${sent.length} pictures, ${replayed} of them replayed,`, {
      freezes: end.freezeCount - start.freezeCount,
      machines,
      dropped: end.framesDropped - start.framesDropped,
    });
    expect(end.ssrc).toBe(start.ssrc);
    expect(end.freezeCount - start.freezeCount).toBeLessThanOrEqual(machines);
    expect(end.pliCount).toBe(start.pliCount);
    expect(end.packetsLost).toBe(start.packetsLost);
    expect(end.framesDropped - start.framesDropped).toBeLessThanOrEqual(
      replayed + 0.02 * sent.length + machineMs / 40,
    );
  });

  it('sends no picture where only sound is wanted, and goes on from there', async () => {
    // Silence is left out: somebody else is to be heard.
    await house.join('sound', 'Bob', { tone: 750 });
    const alice = await join('sound', 'Alice');
    await until(async () => (await alice.hears([750]))[0]! > -60);
    await alice.chooses('Sound only');
    await until(() => alice.last('quality')?.rung === 'audio');
    await settled(async () => (await alice.inbound()).video.packetsReceived);
    const before = await alice.inbound();
    let [from, after, packets] = [before, before, NaN];
    await until(
      async () => {
        await sleep(2000);
        [from, after] = [after, await alice.inbound()];
        const seconds = (after.audio.timestamp - from.audio.timestamp) / 1000;
        packets = (after.audio.packetsReceived - from.audio.packetsReceived) / seconds;
        // 60 ms each.
        return Math.abs(packets / (1000 / 60) - 1) < 0.2;
      },
      () => `${String(packets)} packets a second`,
    );
    expect(after.video.packetsReceived).toBe(before.video.packetsReceived);
    await changeTo(alice, 'high');
    // The size was the same before: only pictures tell that they are back.
    const { framesDecoded } = after.video;
    await until(async () => (await alice.inbound()).video.framesDecoded > framesDecoded + 5);
    await hasRateOf(alice, 'high');
    const end = (await alice.inbound()).video;
    expect(end.ssrc).toBe(before.video.ssrc);
    // Chromium pleads once where nothing has come for 3 s (libwebrtc, video_receive_stream2.cc): it cannot know why.
    expect(end.pliCount - before.video.pliCount).toBeLessThanOrEqual(1);
    expect(end.packetsLost).toBe(before.video.packetsLost);
  });

  it('costs an encoder only while somebody watches', async () => {
    const alice = await join('cost', 'Alice', 25);
    await house.attend('cost', 'Listener');
    await until(async () => (await encoded()).join() === 'high');
    const before = { low: await keyframes('low'), tiny: await keyframes('tiny') };
    await changeTo(alice, 'low');
    await until(async () => (await encoded()).join() === 'low');
    expect(await keyframes('low')).toBeGreaterThan(before.low);
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
    const before = await keyframes('high');
    const alice = await house.open('saver', 'Alice', { colour: 'rgb(200,30,30)', fps: 10 });
    await alice.page.addInitScript(() => {
      Object.defineProperty(navigator, 'connection', {
        value: Object.assign(new EventTarget(), { saveData: true }),
      });
    });
    await alice.page.reload();
    await alice.page.getByRole('textbox', { name: 'Your name' }).fill('Alice');
    await alice.enter();
    await until(() => {
      const { rung, reason } = alice.last('quality') ?? {};
      return rung === 'low' && reason === 'requested';
    });
    await until(async () => (await alice.inbound()).video.frameHeight === 180);
    // More was never made.
    expect(await keyframes('high')).toBe(before);
    await alice.chooses('High');
    await until(() => alice.last('quality')?.rung === 'high');
  });
});
