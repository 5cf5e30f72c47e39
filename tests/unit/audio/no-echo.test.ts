import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AudioFormat } from '../../../mixer/audio/index.ts';
import { Room } from './participants.ts';
import { firstDifference, periodic, sine, type Signal } from './signals.ts';

const ids = ['ann', 'bob', 'cyd'] as const;
type Id = (typeof ids)[number];

/** What happens before a tick; most ticks see nothing. */
type Event =
  | { do: 'talk' | 'hush' | 'source' | 'listener' | 'both'; id: Id; ticks: number }
  | { do: 'format'; id: Id; frameMs: 20 | 40 | 60; ticks: number }
  | { do: 'slow' | 'fast'; ticks: number };

const who = fc.constantFrom(...ids);
// Pauses around the hangover of 2 ticks and the two frames of pre-roll are the interesting ones.
const ticks = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 20 }));
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('talk', 'hush'), id: who, ticks }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('source', 'listener', 'both'), id: who, ticks }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('format'),
      id: who,
      frameMs: fc.constantFrom(20, 40, 60),
      ticks,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('slow', 'fast'), ticks }) },
);

const voices: Record<Id, Signal> = {
  ann: periodic(sine(400, 0.1), 480),
  bob: periodic(sine(1000, 0.1), 480),
  cyd: periodic(sine(2500, 0.1), 480),
};

const formatOf = (frameMs: 20 | 40 | 60): AudioFormat => ({ frameMs, bitsPerSecond: 24_000 });
const formats: Record<Id, AudioFormat> = {
  ann: formatOf(20),
  bob: formatOf(40),
  cyd: formatOf(60),
};

/** Plays the events; `flipped` has their voice with the sign turned, which changes no level and no decision. */
async function play(events: readonly Event[], flipped?: Id): Promise<Room> {
  const waiting: (() => void)[] = [];
  let slow = false;
  const room = new Room({
    gate: { hangoverMs: 40 },
    openAfter: () => (slow ? new Promise((done) => waiting.push(done)) : Promise.resolve()),
  });
  const talking = new Set<Id>(['ann']);
  const there = { source: new Set<Id>(ids), listener: new Set<Id>(ids) };
  const signalOf =
    (id: Id): Signal =>
    (i) =>
      talking.has(id) ? voices[id](i) * (id === flipped ? -1 : 1) : 0;
  const toggle = (kind: 'source' | 'listener', id: Id): void => {
    if (there[kind].delete(id)) {
      if (kind === 'source') room.stopTalking(id);
      else room.stopListening(id);
      return;
    }
    there[kind].add(id);
    if (kind === 'source') room.talk(id, signalOf(id));
    else room.listen(id, formats[id]);
  };
  for (const id of ids) room.join(id, signalOf(id), formats[id]);
  room.listen('eve', formatOf(20));
  for (const each of events) {
    if (each.do === 'talk') talking.add(each.id);
    else if (each.do === 'hush') talking.delete(each.id);
    else if (each.do === 'source' || each.do === 'listener') toggle(each.do, each.id);
    else if (each.do === 'format') room.mixer.setFormat(each.id, formatOf(each.frameMs));
    else if (each.do === 'both') {
      toggle('source', each.id);
      toggle('listener', each.id);
    } else {
      slow = each.do === 'slow';
      if (!slow) for (const done of waiting.splice(0)) done();
    }
    await room.run(each.ticks);
  }
  return room;
}

describe('nobody hears themselves', () => {
  it('in no tick, whoever speaks, leaves and returns, and however late encoders are', async () => {
    let compared = 0;
    let different = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
        const plain = await play(events);
        for (const own of ids) {
          const flipped = await play(events, own);
          // What one hears does not depend on the sign of one's own voice: none of it is in there.
          const [one, other] = [plain.heard.get(own)!, flipped.heard.get(own)!];
          expect(other.length).toBe(one.length);
          one.forEach(({ samples, encoder, frame }, k) => {
            compared++;
            expect([encoder, frame]).toEqual([other[k]!.encoder, other[k]!.frame]);
            expect(firstDifference(samples, other[k]!.samples, 1e-6)).toBe(-1);
          });
          // The one who only listens does hear it, so the comparison can fail.
          const [eve, turned] = [plain.heard.get('eve')!, flipped.heard.get('eve')!];
          eve.forEach(({ samples }, k) => {
            if (firstDifference(samples, turned[k]!.samples, 0.1) >= 0) different++;
          });
        }
      }),
      { numRuns: 15, seed: 7 },
    );
    expect(compared).toBeGreaterThan(1000);
    expect(different).toBeGreaterThan(500);
  }, 30_000);
});
