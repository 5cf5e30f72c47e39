import type { Logger } from '../log.ts';
import type { RoomLoad } from '../protocol/ipc.ts';
import type { RoomMetrics } from '../room-metrics.ts';
import { type Ease, easeOf, takesTick } from './ease.ts';
import { Governor } from './governor.ts';
import { TickWatch } from './tick-watch.ts';

/** What {@link Governing} needs of its room. */
export interface GoverningContext {
  /** False: the room is watched, and never does without anything. */
  readonly isOn: boolean;
  /** Ticks a second. */
  readonly fps: number;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** Ticks that came too late so far. */
  readonly skipped: () => number;
  /** Whether `high` is made whoever watches: then nothing is saved by keeping people from it. */
  readonly isPinned: () => boolean;
  /** The room is to do without something else. */
  readonly apply: (ease: Ease) => void;
  readonly metrics: Pick<RoomMetrics, 'governorLevel' | 'governorSteps'>;
  /** Lines carry the room's name already. */
  readonly log: Logger;
}

/** Watches how a room's ticks go, and has it do without something where there is too little time for all of it. */
export class Governing {
  readonly #context: GoverningContext;
  readonly #governor = new Governor();
  readonly #watch: TickWatch;
  #ease = easeOf(0);
  #skippedShare = 0;

  constructor(context: GoverningContext) {
    this.#context = context;
    this.#watch = new TickWatch(context.fps, context.now());
    context.metrics.governorLevel.set(0);
    for (const direction of ['more', 'less']) context.metrics.governorSteps.inc({ direction }, 0);
  }

  /** What the room does without now. */
  get ease(): Ease {
    return this.#ease;
  }

  /** What the gateway is told. */
  get load(): Omit<RoomLoad, 'cpuSeconds'> {
    return { skippedShare: this.#skippedShare, level: this.#governor.level };
  }

  /** Does the work of a tick, if it is one that is made a picture of. */
  async run(tick: number, work: () => Promise<void>): Promise<void> {
    if (!takesTick(this.#ease, tick)) return;
    const { now } = this.#context;
    const startMs = now();
    try {
      await work();
    } finally {
      this.#watch.ran(now() - startMs);
    }
  }

  /** Call it a few times a second. */
  look(): void {
    const { isOn, now, skipped, log, metrics } = this.#context;
    const strain = this.#watch.look(skipped(), now());
    if (strain === null) return;
    this.#skippedShare = strain.skippedShare;
    if (!isOn) return;
    const before = this.#governor.level;
    if (this.#governor.look(strain, now())) {
      const { level } = this.#governor;
      const direction = level > before ? 'more' : 'less';
      log.info({ level, ...strain }, `room saves ${direction}`);
      metrics.governorLevel.set(level);
      metrics.governorSteps.inc({ direction });
    }
    this.#apply();
  }

  #apply(): void {
    const { isPinned, apply } = this.#context;
    const wanted = easeOf(this.#governor.level);
    const cap = isPinned() ? 'auto' : wanted.cap;
    const { transitions, uplinkFps, uplinkSteps, tickShare } = this.#ease;
    const isSame =
      cap === this.#ease.cap &&
      transitions === wanted.transitions &&
      uplinkFps === wanted.uplinkFps &&
      uplinkSteps === wanted.uplinkSteps &&
      tickShare === wanted.tickShare;
    if (isSame) return;
    this.#ease = { ...wanted, cap };
    apply(this.#ease);
  }
}
