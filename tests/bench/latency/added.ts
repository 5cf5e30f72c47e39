import nodeDataChannel from 'node-datachannel';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type * as synthetic from '../../../mcu/load/index.ts';
import type { Load } from '../lab/in-child.ts';
import { median, quantile, rounded, thinned } from '../lab/statistics.ts';
import { decodePictures } from '../mcu/decode.ts';
import { picturesOf, type ReceivedPacket } from '../mcu/received.ts';
import type { UplinkFormat } from '../mcu/system.ts';
import { greatestCode, readBarcode, withBarcode } from './barcode.ts';
import { ageAt, meanAge, readiness, type Sighting } from './readiness.ts';
import { findSightings, type Sent, type Shown } from './sightings.ts';

/** What is measured. */
export interface AddedTask {
  readonly url: string;
  readonly participants: number;
  /** The rate is not that of the ticks: see `readiness`. */
  readonly uplink: UplinkFormat;
  readonly settle: number;
  readonly seconds: number;
}

const quantilesSchema = z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number() });

/** What the server adds, in milliseconds. */
export const addedSchema = z.strictObject({
  participants: z.int(),
  /** What all send. */
  uplink: z.string(),
  /** Composites that were decoded and looked at. */
  composites: z.int(),
  /** Composites a second: under their rate the machine was too busy, and the times say little about the server. */
  fps: z.number(),
  /** Pictures of uplinks that were found in them. */
  pictures: z.int(),
  /** Share of tiles whose barcode was not that of a picture sent lately. */
  unreadable: z.number(),
  /** From an uplink picture's last packet in to the first packet out of the composite that shows it. */
  total: quantilesSchema,
  /** The same without the wait for the tick. */
  apart: quantilesSchema,
  /** The mean wait for the tick: the difference of the means. Half a tick is to be expected. */
  tickWait: z.number(),
  /** In ascending order, as many as a plot can show. */
  sortedTotal: z.array(z.number()),
  /** The ages at which 1, 2, … 100 % are seen. */
  sortedApart: z.array(z.number()),
});

/** See {@link addedSchema}. */
export type Added = z.infer<typeof addedSchema>;

const tileSchema = z.object({
  ...{ participantId: z.string(), x: z.number(), y: z.number() },
  ...{ width: z.number(), height: z.number() },
});
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('joined'), participantId: z.string() }),
  z.object({ type: z.literal('layout'), tiles: z.array(tileSchema) }),
]);

/** Everybody has a picture by then, in milliseconds. */
const patienceMs = 20_000;

/** One synthetic participant. */
interface Someone {
  id: string;
  isThere: boolean;
  readonly sent: Sent[];
}

/**
 * Sends pictures with barcodes and finds them in the composite that one participant receives. All clocks are this
 * process's own: times are those at which packets are handed to, and come from, its own sockets' library.
 */
export async function work(task: AddedTask, load: Load): Promise<Added> {
  nodeDataChannel.initLogger('Fatal', () => undefined);
  const { participants, uplink, url } = task;
  const module = await load<typeof synthetic>('mcu/load/index.js');
  const { generatedPictures, openEngine, silence, SyntheticParticipant, voice } = module;
  const engine = openEngine();
  const { width, height, fps, kilobits } = uplink;
  const address = `${url.replace('http', 'ws')}/ws`;
  const packets: ReceivedPacket[] = [];
  let tiles: z.infer<typeof tileSchema>[] = [];
  const everybody: { readonly notes: Someone; leave(): Promise<void> }[] = [];
  const clips = Array.from({ length: participants }, (_, index) =>
    withBarcode(generatedPictures(index)),
  );
  for (const clip of clips) {
    // Before anybody is measured.
    const options = { width, height, fps, bitsPerSecond: kilobits * 1000 };
    const { frames } = await engine.library.video(clip, options);
    if (frames.length > greatestCode) throw new Error('The clip has more pictures than barcodes.');
  }
  for (const [index, pictures] of clips.entries()) {
    const notes: Someone = { id: '', isThere: false, sent: [] };
    const participant = new SyntheticParticipant(
      {
        ...{ address, room: 'latency', name: `Load ${index + 1}`, fps, codec: 'h264' },
        sends: { pictures, sound: index === 0 ? voice(120) : silence },
        ...{ size: { width, height, fixed: true }, loss: { downlink: 0, uplink: 0 } },
      },
      engine,
      {
        frame: () => (notes.isThere = true),
        sent: (code, _, sentMs) => notes.sent.push({ code, sentMs }),
        message: (message) => {
          const { data } = messageSchema.safeParse(message);
          if (data?.type === 'joined') notes.id = data.participantId;
          else if (data?.type === 'layout') tiles = data.tiles;
        },
        packet: (kind, packet, atMs) => {
          if (index > 0 || (kind !== 'video' && kind !== 'rtx')) return;
          packets.push({ kind, packet: Buffer.from(packet), atMs });
        },
      },
    );
    everybody.push({ notes, leave: () => participant.leave() });
    participant.join();
  }
  const people = everybody.map(({ notes }) => notes);
  try {
    const giveUp = engine.now() + patienceMs;
    while (people.some(({ isThere }) => !isThere)) {
      if (engine.now() > giveUp) throw new Error('Not everybody got a picture.');
      await sleep(50);
    }
    await sleep(task.settle * 1000);
    const fromMs = engine.now();
    await sleep(task.seconds * 1000);
    const untilMs = engine.now();
    const places = tiles;
    const shown = people.map((): Shown[] => []);
    await decodePictures(picturesOf(packets, 'h264'), 'h264', ({ firstMs }, copy) => {
      if (firstMs < fromMs || firstMs > untilMs) return;
      const picture = copy();
      for (const [index, { id }] of people.entries()) {
        const tile = places.find(({ participantId }) => participantId === id);
        const code = tile === undefined ? null : readBarcode(picture, tile);
        shown[index]?.push({ firstMs, code });
      }
    });
    return sumUp(task, people, shown);
  } finally {
    await Promise.all(everybody.map((each) => each.leave()));
  }
}

function sumUp(task: AddedTask, people: readonly Someone[], shown: readonly Shown[][]): Added {
  const found = people.map(({ sent }, index) => findSightings(sent, shown[index] ?? []));
  const sightings: Sighting[] = found.flatMap((one) => [...one.sightings]);
  const totals = found.flatMap(({ totalMs }) => [...totalMs]).sort((a, b) => a - b);
  const unreadable = found.reduce((sum, one) => sum + one.unreadable, 0);
  const composites = shown[0]?.length ?? 0;
  if (totals.length === 0) {
    throw new Error(`No barcode was found in ${composites} composites of ${people.length} tiles.`);
  }
  const steps = readiness(sightings);
  const mean = totals.reduce((sum, each) => sum + each, 0) / totals.length;
  const { width, height, fps } = task.uplink;
  return {
    ...{ participants: people.length, uplink: `VP8 ${width}x${height}@${fps}` },
    ...{ composites, fps: rounded(composites / task.seconds), pictures: totals.length },
    unreadable: rounded(unreadable / Math.max(1, composites * people.length)),
    total: {
      p50: rounded(median(totals)),
      p95: rounded(quantile(totals, 0.95)),
      p99: rounded(quantile(totals, 0.99)),
    },
    apart: {
      p50: rounded(ageAt(steps, 0.5)),
      p95: rounded(ageAt(steps, 0.95)),
      p99: rounded(ageAt(steps, 0.99)),
    },
    tickWait: rounded(mean - meanAge(steps)),
    sortedTotal: thinned(totals, 200).map(rounded),
    sortedApart: Array.from({ length: 100 }, (_, index) =>
      rounded(ageAt(steps, (index + 1) / 100)),
    ),
  };
}
