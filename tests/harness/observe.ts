import type { Person } from './chromium.ts';
import type { InboundStream } from './inbound.ts';
import type { Lab } from './lab.ts';
import { pictureSeen, type PictureSeen, type SoundHeard, soundHeard, type Span } from './seen.ts';
import { sleep } from './until.ts';
import { readWatch } from './watch.ts';
import { type WireRate, wireRates } from './wire.ts';

/** A change of the rung, as the person was told. */
export interface RungChange {
  /** Milliseconds since what was observed began. */
  readonly afterMs: number;
  readonly rung: string;
  readonly reason: string;
  readonly estimateKbps: number;
}

/** What came to somebody in a span of time. */
export interface Observation {
  readonly span: Span;
  /** The rung at the end; null before any was named. */
  readonly rung: string | null;
  /** The rung only: other reasons or estimates are no change. */
  readonly changes: readonly RungChange[];
  readonly picture: PictureSeen;
  readonly sound: SoundHeard;
  readonly down: WireRate;
  readonly up: WireRate;
  /** Asked for by the browser, and never come. */
  readonly video: { readonly plis: number; readonly nacks: number; readonly lost: number };
  /** Made by the server, by rung. */
  readonly keyframes: Readonly<Record<string, number>>;
}

/** The browser's statistics and the server's lag behind by so much, in milliseconds. */
const lagMs = 300;

/**
 * Lets something happen and observes for some seconds what comes to a person, who must be watched (`startWatch`).
 * @param happen - at the beginning
 */
export async function observe(
  lab: Lab,
  person: Person,
  seconds: number,
  happen: () => unknown = () => undefined,
): Promise<Observation> {
  const before = { wire: lab.host.wire(), video: await videoOf(person), keys: await keysOf(lab) };
  const from = Date.now();
  await happen();
  await sleep(from + seconds * 1000 + lagMs - Date.now());
  const to = Date.now() - lagMs;
  const after = { wire: lab.host.wire(), video: await videoOf(person), keys: await keysOf(lab) };
  const seen = await readWatch(person);
  const span = { from, to };
  const told = rungsOf(person);
  const since = (name: 'pliCount' | 'nackCount' | 'packetsLost'): number =>
    (after.video?.[name] ?? 0) - (before.video?.[name] ?? 0);
  return {
    span,
    rung: told.findLast(({ at }) => at <= to)?.rung ?? null,
    changes: told
      .filter(({ at, rung }, index) => at >= from && at <= to && rung !== told[index - 1]?.rung)
      .map(({ at, ...change }) => ({ afterMs: at - from, ...change })),
    picture: pictureSeen(seen, span),
    sound: soundHeard(seen, span),
    ...wireRates(before.wire, after.wire),
    video: { plis: since('pliCount'), nacks: since('nackCount'), lost: since('packetsLost') },
    keyframes: Object.fromEntries(
      [...after.keys].map(([rung, count]) => [rung, count - (before.keys.get(rung) ?? 0)]),
    ),
  };
}

/** What an observation says, in a line. */
export function told(what: string, each: Observation): string {
  const { picture, sound, down, up, video } = each;
  const changes = each.changes.map(
    ({ rung, reason, afterMs }) => `${rung} (${reason}) after ${(afterMs / 1000).toFixed(1)} s`,
  );
  return [
    `${what}: ${each.rung ?? 'no rung'}`,
    changes.length === 0 ? 'no change' : changes.join(', '),
    `${picture.fps.toFixed(1)} fps, longest ${picture.longestMs.toFixed(0)} ms, frozen ${picture.frozenMs.toFixed(0)} ms`,
    `${(sound.concealed * 100).toFixed(1)} % concealed, gap ${sound.longestGapMs.toFixed(0)} ms`,
    `${down.all.toFixed(0)} kbit/s down, ${up.all.toFixed(0)} up`,
    `${video.plis} PLI, ${video.nacks} NACK, ${video.lost} lost`,
    `keyframes ${JSON.stringify(each.keyframes)}`,
  ].join('; ');
}

function rungsOf({
  received,
  receivedAt,
}: Person): (Omit<RungChange, 'afterMs'> & { at: number })[] {
  return received.flatMap((message, index) => {
    if (message.type !== 'quality') return [];
    const { rung, reason, estimateKbps } = message;
    return [{ at: receivedAt[index]!, rung, reason, estimateKbps }];
  });
}

const videoOf = async (person: Person): Promise<InboundStream | undefined> =>
  (await person.streams()).video;

async function keysOf(lab: Lab): Promise<Map<string, number>> {
  const metric = await lab.server.metric('onegrid_keyframes_total');
  return new Map([...metric].map(([label, count]) => [/"(\w+)"/.exec(label)?.[1] ?? label, count]));
}
