import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { RoomMetrics } from '../room-metrics.ts';
import { packageVersion } from '../version.ts';
import { deathCauses } from './death.ts';
import { codeCounter, GatewayMetrics } from './gateway-metrics.ts';
import { readSnapshot } from './metric-snapshot.ts';

/** What a registry gives as JSON. */
type Snapshot = readonly unknown[];

// The typings ask for one list of metrics; the function takes the snapshots of several registries.
const aggregate = AggregatorRegistry.aggregate.bind(AggregatorRegistry) as unknown as (
  snapshots: readonly Snapshot[],
) => Registry;

const isCumulative = (metric: unknown): boolean => {
  const { type } = metric as { type: unknown };
  return type === 'counter' || type === 'histogram';
};

/**
 * The metrics of the gateway and of all room processes as one Prometheus page. Room processes push
 * snapshots; what a dead one had counted stays counted, so that no counter ever falls.
 */
export class Metrics {
  readonly #own = new Registry();
  readonly #live = new Map<number, Snapshot>();
  #retired: Promise<Snapshot> = new RoomMetrics().registry.getMetricsAsJSON();
  /** What happens at the gateway itself. */
  readonly gateway = new GatewayMetrics(this.#own, packageVersion());
  /** Room processes that died. */
  readonly restarts: Counter;
  /** Rooms that were closed because their processes kept dying. */
  readonly roomsGivenUp: Counter;
  /** Processes of ours that died, by what of. */
  readonly deaths: Counter<'process' | 'cause'>;

  /** Joins and connections that were refused, by error code. */
  readonly refusals: Counter<'code'>;

  /** Recordings that have ended, by how. */
  readonly recordings: Counter<'state'>;

  constructor() {
    collectDefaultMetrics({ register: this.#own });
    this.recordings = new Counter({
      name: 'onegrid_recordings_total',
      help: 'Recordings that ended, or were repaired.',
      labelNames: ['state'],
      registers: [this.#own],
    });
    for (const state of ['complete', 'interrupted', 'failed']) this.recordings.inc({ state }, 0);
    this.refusals = codeCounter(
      'onegrid_refusals_total',
      'Joins and connections that were refused, by error code.',
      [this.#own],
    );
    this.restarts = new Counter({
      name: 'onegrid_room_process_restarts_total',
      help: 'Room processes that died.',
      registers: [this.#own],
    });
    this.roomsGivenUp = new Counter({
      name: 'onegrid_rooms_given_up_total',
      help: 'Rooms closed because their processes died one after the other.',
      registers: [this.#own],
    });
    this.deaths = new Counter({
      name: 'onegrid_process_deaths_total',
      help: 'Room (spares included) and output processes that died, by what of.',
      labelNames: ['process', 'cause'],
      registers: [this.#own],
    });
    for (const process of ['room', 'output']) {
      for (const cause of deathCauses) this.deaths.inc({ process, cause }, 0);
    }
  }

  /** @param value - asked at each scrape; null: not known, then there is no value */
  gauge(name: string, help: string, value: () => number | null | Promise<number | null>): void {
    new Gauge({
      name,
      help,
      registers: [this.#own],
      async collect() {
        const now = await value();
        if (now === null) this.reset();
        else this.set(now);
      },
    });
  }

  /** @param values - by label; asked at each scrape, and always the same labels */
  gauges(name: string, help: string, label: string, values: () => Record<string, number>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.#own],
      collect() {
        for (const [key, value] of Object.entries(values())) this.set({ [label]: key }, value);
      },
    });
  }

  /** Takes the newest snapshot of a room process. */
  update(processKey: number, snapshot: Snapshot): void {
    this.#live.set(processKey, snapshot);
  }

  /** A room process is gone: its counters are kept, its gauges are not. */
  retire(processKey: number): void {
    const last = this.#live.get(processKey);
    this.#live.delete(processKey);
    if (last === undefined) return;
    this.#retired = this.#retired.then(async (before) => {
      const counted = (await readSnapshot(last)).filter(isCumulative);
      return aggregate([before, counted]).getMetricsAsJSON();
    });
  }

  /** The page, in {@link contentType}. */
  async text(): Promise<string> {
    const live = await Promise.all(Array.from(this.#live.values(), readSnapshot));
    const rooms = aggregate([await this.#retired, ...live]);
    return (await this.#own.metrics()) + '\n' + (await rooms.metrics());
  }

  /** The content type of {@link text}. */
  get contentType(): string {
    return this.#own.contentType;
  }
}
