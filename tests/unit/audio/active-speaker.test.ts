import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ActiveSpeaker, type Talker } from '../../../mixer/audio/active-speaker.ts';
import { Room } from './participants.ts';
import type { Signal } from './signals.ts';
import { cough, fan, keyboards, mhm, music, score, speech, typing } from './speech-signals.ts';

interface Switch {
  readonly second: number;
  readonly to: string | undefined;
}

/** Who becomes the active speaker of a room in which each makes their sound, and when. */
async function switches(seconds: number, sounds: Record<string, Signal>): Promise<Switch[]> {
  const room = new Room();
  for (const [id, sound] of Object.entries(sounds)) room.talk(id, sound);
  const found: Switch[] = [];
  for (let tick = 0; tick < seconds * 50; tick++) {
    await room.run(1);
    const to = room.mixer.activeSpeaker;
    if (to !== found.at(-1)?.to) found.push({ second: tick / 50, to });
  }
  return found;
}

const ann = (seconds: number, dbfs = -25): Float32Array =>
  speech({ seconds, pitch: 200, seed: 1, dbfs });
const bob = (seconds: number, dbfs = -25): Float32Array =>
  speech({ seconds, pitch: 110, seed: 2, dbfs });

describe('the active speaker of a room', () => {
  it('is whoever speaks, within a second of their first word', async () => {
    for (const pitch of [90, 140, 220, 300]) {
      const found = await switches(3, {
        ann: score([1, speech({ seconds: 2, pitch })]),
        bob: () => 0,
      });
      expect(found.map(({ to }) => to)).toEqual(['ann']);
      expect(found[0]!.second).toBeGreaterThan(1.3);
      expect(found[0]!.second).toBeLessThan(2);
    }
  });

  it('changes when people take turns, and each time within 1.2 s', async () => {
    const found = await switches(13, {
      ann: score([0, ann(3)], [6, ann(3)]),
      bob: score([3, bob(3)], [9.3, bob(3)]),
    });
    expect(found.map(({ to }) => to)).toEqual(['ann', 'bob', 'ann', 'bob']);
    for (const [k, turn] of [0, 3, 6, 9.3].entries()) {
      expect(found[k]!.second).toBeGreaterThan(turn + 0.3);
      expect(found[k]!.second).toBeLessThan(turn + 1.2);
    }
  });

  it('does not change within 1.5 s of the last change, however short the turns', async () => {
    const turns = (first: number, samples: Float32Array): Signal =>
      score(...Array.from({ length: 8 }, (_, k) => [first + 1.6 * k, samples] as const));
    const found = await switches(14, { ann: turns(0, ann(0.8)), bob: turns(0.8, bob(0.8)) });
    expect(found.length).toBeGreaterThan(3);
    for (const [k, { second }] of found.entries())
      if (k > 0) expect(second - found[k - 1]!.second).toBeGreaterThanOrEqual(1.5);
  });

  it('stays through the silence after the last word', async () => {
    const found = await switches(12, { ann: score([0, ann(2)]), bob: () => 0 });
    expect(found.map(({ to }) => to)).toEqual(['ann']);
  });

  it('stays when others say "mhm"', async () => {
    const nods = [2, 3.1, 4.4, 5.2, 6.8].map((second) => [second, mhm(110)] as const);
    const found = await switches(9, { ann: score([0, ann(9)]), bob: score(...nods) });
    expect(found.map(({ to }) => to)).toEqual(['ann']);
  });

  it('stays when two talk over each other for long', async () => {
    for (const seed of [1, 2]) {
      const found = await switches(14, {
        ann: score([0, speech({ seconds: 14, pitch: 200, seed })]),
        bob: score([2, speech({ seconds: 12, pitch: 110, seed: seed + 10 })]),
      });
      expect(found.map(({ to }) => to)).toEqual(['ann']);
    }
  });

  it('stays with who talks while somebody else coughs, types, plays music or runs a fan', async () => {
    const noises: Record<string, Float32Array> = {
      coughs: cough(-12, 1, 2),
      types: typing(7, -20, keyboards['on a hollow desk']),
      plays: music(7, -20, 'melody', 110),
      runs: fan(7, -25),
    };
    for (const samples of Object.values(noises)) {
      const found = await switches(8, { ann: score([0, ann(8)]), bob: score([1, samples]) });
      expect(found.map(({ to }) => to)).toEqual(['ann']);
    }
  });

  it('is nobody in a room that coughs, types and plays music', async () => {
    const found = await switches(10, {
      ann: score([1, cough(-12, 0)], [4, cough(-12, 1, 2)], [7, cough(-12, 0.5, 3)]),
      bob: score([0, typing(10, -20, keyboards.clicky)]),
      cyd: score([0, music(10, -20, 'chords', 110)]),
    });
    expect(found).toEqual([]);
  });

  it('is who speaks up against a television that never stops', async () => {
    const found = await switches(9, {
      ann: score([0, ann(9, -45)]),
      bob: score([3, bob(6, -22)]),
    });
    expect(found.map(({ to }) => to)).toEqual(['ann', 'bob']);
    expect(found[1]!.second).toBeLessThan(4.2);
  });

  it('is nobody once they have left, and then at once the next who speaks', async () => {
    const room = new Room();
    room.join('ann', score([0, ann(4)]));
    room.join('bob', score([2.2, bob(3)]));
    await room.run(100);
    expect(room.mixer.activeSpeaker).toBe('ann');
    room.stopTalking('ann');
    await room.run(2);
    expect(room.mixer.activeSpeaker).toBeUndefined();
    await room.run(50);
    expect(room.mixer.activeSpeaker).toBe('bob');
  });

  it('is the same in two runs', async () => {
    const sounds = {
      ann: score([0, ann(3)], [5, typing(4, -25, keyboards.clicky)]),
      bob: score([2.5, bob(4)]),
    };
    const first = await switches(9, sounds);
    expect(await switches(9, sounds)).toEqual(first);
    expect(first.length).toBeGreaterThan(1);
  });
});

describe('the rule', () => {
  const talker = (id: string, speechMs: number, prominence = speechMs): Talker => ({
    id,
    speechMs,
    prominence,
  });

  it('gives the place to nobody for less than 360 ms of speech in a second', () => {
    const speaker = new ActiveSpeaker();
    speaker.update(0, [talker('ann', 340), talker('bob', 0)]);
    expect(speaker.id).toBeUndefined();
    speaker.update(20, [talker('ann', 360), talker('bob', 0)]);
    expect(speaker.id).toBe('ann');
  });

  it('gives it to the most prominent of several', () => {
    const speaker = new ActiveSpeaker();
    speaker.update(0, [talker('ann', 400, 30), talker('bob', 700, 10), talker('cyd', 300, 50)]);
    expect(speaker.id).toBe('ann');
  });

  it('takes it from somebody who still speaks only for three times their prominence', () => {
    for (const [prominence, holder] of [
      [59, 'ann'],
      [60, 'bob'],
    ] as const) {
      const speaker = new ActiveSpeaker();
      speaker.update(0, [talker('ann', 400, 30)]);
      speaker.update(1500, [talker('ann', 300, 20), talker('bob', 600, prominence)]);
      expect(speaker.id).toBe(holder);
    }
  });

  it('takes it not a moment before 1.5 s have passed', () => {
    const speaker = new ActiveSpeaker();
    speaker.update(100, [talker('ann', 400)]);
    const others = [talker('ann', 0), talker('bob', 900)];
    speaker.update(1599, others);
    expect(speaker.id).toBe('ann');
    speaker.update(1600, others);
    expect(speaker.id).toBe('bob');
  });

  it('holds for whatever happens: a place long enough held, by somebody who is there and has spoken', () => {
    const people = fc.record(
      Object.fromEntries(
        ['ann', 'bob', 'cyd', 'dan'].map((id) => [
          id,
          fc.option(
            fc.record({
              speechMs: fc.integer({ min: 0, max: 50 }),
              prominence: fc.integer({ min: 0, max: 50 }),
            }),
            {
              freq: 8,
            },
          ),
        ]),
      ),
    );
    const steps = fc.array(fc.record({ people, pauseMs: fc.integer({ min: 20, max: 900 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const speaker = new ActiveSpeaker();
        let nowMs = 0;
        let since = 0;
        for (const each of all) {
          nowMs += each.pauseMs;
          const before = speaker.id;
          const talkers = Object.entries(each.people).flatMap(([id, person]) =>
            person ? [talker(id, person.speechMs * 20, person.prominence)] : [],
          );
          speaker.update(nowMs, talkers);
          const after = talkers.find(({ id }) => id === speaker.id);
          if (speaker.id !== undefined) expect(after).toBeDefined();
          if (speaker.id === before) continue;
          if (after) expect(after.speechMs).toBeGreaterThanOrEqual(360);
          if (talkers.some(({ id }) => id === before))
            expect(nowMs - since).toBeGreaterThanOrEqual(1500);
          since = nowMs;
        }
      }),
    );
  });
});
