import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../mcu/gateway/metrics.ts';
import { encodePacket, PacketReader } from '../../../mcu/outputs/wire.ts';
import { clientMessageSchema } from '../../../mcu/protocol/client.ts';
import { roomCommandSchema, roomEventSchema } from '../../../mcu/protocol/ipc.ts';
import { outputCommandSchema, outputEventSchema } from '../../../mcu/protocol/outputs.ts';
import { RoomMetrics } from '../../../mcu/room-metrics.ts';
import { said, types } from '../../harness/hostile/processes.ts';
import { again, oneOf, runs } from '../../harness/hostile/seed.ts';
import { oddNumber, oddText, oddValue } from '../../harness/hostile/text.ts';

describe('what a process that has gone wrong says', () => {
  it('is refused by the schemas, or is what they say', () => {
    const counts = { all: 0, valid: 0 };
    const schemas = [
      roomEventSchema,
      roomCommandSchema,
      outputEventSchema,
      outputCommandSchema,
      clientMessageSchema,
    ];
    fc.assert(
      fc.property(said, (each) => {
        const read = schemas.map((schema) => schema.safeParse(each));
        for (const { data } of read) if (data !== undefined) expect(types).toContain(data.type);
        counts.all += 1;
        if (read.some(({ success }) => success)) counts.valid += 1;
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      }),
      runs(2000),
    );
    console.log(again('processes'), JSON.stringify(counts));
    expect(counts.valid / counts.all).toBeGreaterThan(0.3);
  });

  it('as metrics spoils neither the page of all nor the end of that process', async () => {
    const honest = await new RoomMetrics().registry.getMetricsAsJSON();
    const odd = oneOf<unknown>([1, oddValue], [1, oddNumber], [1, oddText]);
    const metric = oneOf<unknown>(
      [1, oddValue],
      [
        4,
        fc
          .tuple(
            fc.constantFrom(...honest),
            fc.constantFrom(
              'name',
              'type',
              'help',
              'aggregator',
              'values',
              'value',
              'labels',
              'label',
              'metricName',
            ),
            odd,
          )
          .map(([whole, field, value]) => {
            const copy = structuredClone(whole) as unknown as { values: Record<string, unknown>[] };
            const first = copy.values[0] ?? { value: 1, labels: {} };
            if (field === 'label') first['labels'] = { [String(value)]: value };
            else if (['value', 'labels', 'metricName'].includes(field)) first[field] = value;
            else return { ...copy, [field]: value };
            return { ...copy, values: [first, ...copy.values] };
          }),
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { maxLength: 6 }), async (snapshot) => {
        const metrics = new Metrics();
        // Over IPC, what is no number or no JSON is null or gone.
        metrics.update(1, JSON.parse(JSON.stringify(snapshot)) as unknown[]);
        metrics.update(2, honest);
        const page = await metrics.text();
        metrics.retire(1);
        const after = await metrics.text();
        for (const text of [page, after]) {
          for (const line of text.split('\n')) {
            if (line === '' || line.startsWith('#')) continue;
            expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{([a-z_]+="[^"\\]*",?)*\})? \S+$/);
          }
        }
      }),
      runs(60),
    );
  });

  it('on the wire of media is refused, whatever lengths it tells of', () => {
    const [header, body] = encodePacket({ kind: 'speaker', speaker: 1, id: 'a', name: 'b' });
    const honest = Buffer.concat([header, body]);
    fc.assert(
      fc.property(
        fc.array(
          oneOf<Buffer>(
            [3, fc.constant(honest)],
            [
              3,
              fc.tuple(fc.nat(honest.length - 1), fc.nat(255)).map(([at, byte]) => {
                const changed = Buffer.from(honest);
                changed[at] = byte;
                return changed;
              }),
            ],
            [1, fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))],
            [
              1,
              fc.jsonValue().map((value) => {
                const text = Buffer.from(JSON.stringify(value));
                const head = Buffer.from(header);
                head.writeUInt32LE(text.length, 0);
                return Buffer.concat([head, text]);
              }),
            ],
          ),
          { maxLength: 8 },
        ),
        (pieces) => {
          const reader = new PacketReader();
          try {
            for (const piece of pieces) {
              for (const packet of reader.push(piece)) {
                if (packet.kind !== 'speaker') continue;
                expect(typeof packet.id).toBe('string');
                expect(typeof packet.name).toBe('string');
              }
            }
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
      runs(1000),
    );
  });
});
